# expect: source.huggingface: "files" must be a list of strings
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    files = "*.json";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
