# expect: source.huggingface: "repoType" must be one of "model", "dataset", "space"
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    repoType = "datasets";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
