# expect: fetchModel: source: "model": "localhost:5000/m" is not a model's name
# expect: host/namespace/model:tag
{ library }:
library.fetchModel {
  source = "ollama:localhost:5000/m";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
