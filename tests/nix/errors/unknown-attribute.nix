# expect: fetchModel: unknown attribute "hahs"; did you mean "hash"?
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hahs = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
