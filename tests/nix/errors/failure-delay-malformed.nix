# expect: fetchModel: onDownloadFailure: "retryDelay" must be a number of seconds from 0 to 3600
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.retryDelay = "5";
}
