# expect: fetchModel: onDownloadFailure: unknown attribute "authentication"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.authentication = "warn";
}
