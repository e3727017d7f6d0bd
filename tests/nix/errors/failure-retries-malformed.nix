# expect: fetchModel: onDownloadFailure: "maxRetries" must be a number from 0 to 100
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.maxRetries = -1;
}
