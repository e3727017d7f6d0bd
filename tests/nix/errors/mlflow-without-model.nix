# expect: source.mlflow: no model is named; set modelName
{ library }:
library.fetchModel {
  source.mlflow = { trackingUri = "https://mlflow.example.com"; };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
