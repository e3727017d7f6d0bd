# expect: fetchModel: security.allow: "reason" is missing
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "";
  security.allow = [
    {
      sha256 = builtins.hashString "sha256" "a file";
      rule = "pickle/unknown-name";
    }
  ];
}
