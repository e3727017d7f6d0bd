# expect: source.ollama: "model": "a//b" is not a model's name; write model:tag
{ library }:
library.fetchModel {
  source.ollama.model = "a//b";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
