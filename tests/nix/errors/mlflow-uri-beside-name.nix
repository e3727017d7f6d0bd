# expect: source.mlflow: "modelUri" is given beside fields that it replaces
{ library }:
library.fetchModel {
  source.mlflow = {
    modelName = "model";
    modelUri = "models:/model/3";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
