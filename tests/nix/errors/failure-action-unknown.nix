# expect: fetchModel: onDownloadFailure: "action" must be one of "clean", "persist", "retry"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.action = "keep";
}
