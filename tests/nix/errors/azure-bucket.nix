# expect: fetchModel: source.azure: unknown attribute "bucket"
{ library }:
library.fetchModel {
  source.azure.bucket = "models";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
