# expect: fetchModel: onDownloadFailure: "hashMismatch" must be one of "fail", "warn", "update-hash"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.hashMismatch = "ignore";
}
