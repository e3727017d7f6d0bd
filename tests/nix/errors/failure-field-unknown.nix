# expect: fetchModel: onDownloadFailure: unknown attribute "networkEror"; did you mean "networkError"?
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  onDownloadFailure.networkEror = "fail";
}
