# expect: fetchModel: "limitRate" must be bytes a second
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  limitRate = "10 MB/s";
}
