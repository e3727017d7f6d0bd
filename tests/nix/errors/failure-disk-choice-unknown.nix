# expect: fetchModel: onDownloadFailure: "diskFull" must be one of "fail", "persist-partial"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.diskFull = "retry";
}
