# expect: fetchModel: fileHashes: "../x" is not a path below the model's folder
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  fileHashes."../x" = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
