# expect: fetchModel: source.s3: "bucket" is missing; it must be a string that is not empty
{ library }:
library.fetchModel {
  source.s3.prefix = "llama/";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
