# expect: source.mlflow: "models:/model" names no model of a registry; write name/3
{ library }:
library.fetchModel {
  source.mlflow = { modelUri = "models:/model"; };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
