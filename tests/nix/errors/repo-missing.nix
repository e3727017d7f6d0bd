# expect: fetchModel: source.huggingface: "repo" is missing
{ library }:
library.fetchModel {
  source.huggingface = { };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
