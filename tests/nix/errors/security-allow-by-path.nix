# expect: fetchModel: security.allow: "sha256" must be the SHA-256 of a file as 64 hexadecimal digits
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.allow = [
    {
      sha256 = "model.pkl";
      rule = "pickle/unknown-name";
      reason = "ours";
    }
  ];
}
