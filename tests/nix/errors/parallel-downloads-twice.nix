# expect: fetchModel: "parallelDownloads" is given beside sharding and within it
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  parallelDownloads = 2; sharding.parallelDownloads = 2;
}
