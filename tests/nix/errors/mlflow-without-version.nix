# expect: source.mlflow: it is not said which version of "model" is wanted; set modelVersion
{ library }:
library.fetchModel {
  source.mlflow = { modelName = "model"; };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
