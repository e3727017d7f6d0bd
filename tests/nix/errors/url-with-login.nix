# expect: source.url: urls[0]: "url" must be an http or https URL without a login in it
{ library }:
library.fetchModel {
  source.url.urls = [ "https://user:word@example.com/a" ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
