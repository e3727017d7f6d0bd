# expect: fetchModel: "parallelDownloads" must be a number from 1 to 1000
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  parallelDownloads = 0;
}
