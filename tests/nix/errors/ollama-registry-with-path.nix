# expect: "registry": "https://r.example/v2" is not the origin of a registry
{ library }:
library.fetchModel {
  source.ollama = {
    model = "ns/m";
    registry = "https://r.example/v2";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
