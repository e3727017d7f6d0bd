# expect: fetchModel: fileHashes."config.json": "xyz" is not a hash in SRI form
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  fileHashes."config.json" = "xyz";
}
