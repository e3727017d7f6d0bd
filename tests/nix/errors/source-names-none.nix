# expect: source: "org/name" names no source; write it as "huggingface:org/name@revision"
{ library }:
library.fetchModel {
  source = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
