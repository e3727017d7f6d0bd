# expect: source.url: "urls" must be a list that is not empty
{ library }:
library.fetchModel {
  source.url.urls = [ ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
