# expect: fetchModel: onDownloadFailure: "persistPath" must be an absolute path as text
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure = { action = "persist"; persistPath = "failures"; };
}
