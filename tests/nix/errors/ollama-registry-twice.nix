# expect: the registry is named twice, by "registry" and in "model"; write model = "ns/m:latest"
{ library }:
library.fetchModel {
  source.ollama = {
    model = "r.example/ns/m";
    registry = "https://r.example";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
