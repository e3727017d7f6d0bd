# expect: fetchModel: mirrors: each must be an http or https URL that stands for an origin, without a login
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  mirrors = [ "https://me:secret@mirror.example" ];
}
