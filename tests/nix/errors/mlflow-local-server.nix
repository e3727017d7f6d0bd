# expect: source.mlflow: "trackingUri" must be "databricks", "databricks-uc", or an http or https URL
{ library }:
library.fetchModel {
  source.mlflow = {
    trackingUri = "sqlite:///mlflow.db";
    modelUri = "models:/model/3";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
