# expect: fetchModel: onDownloadFailure: "persistPath" says where partial downloads are kept, and nothing keeps them
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure = { action = "retry"; persistPath = "/tmp/failures"; };
}
