# expect: source.mlflow: both "modelVersion" and "modelAlias" are given
{ library }:
library.fetchModel {
  source.mlflow = {
    modelName = "model";
    modelVersion = 3;
    modelAlias = "champion";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
