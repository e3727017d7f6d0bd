# expect: "model" names the registry r.example:5000, which "registry" has to name
# expect: registry = "https://r.example:5000"; model = "ns/m:t";
{ library }:
library.fetchModel {
  source.ollama.model = "r.example:5000/ns/m:t";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
