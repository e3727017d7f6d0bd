# expect: source.url: urls[0]: https://example.com/ does not end in a plain file name; give "name"
{ library }:
library.fetchModel {
  source.url.urls = [ "https://example.com/" ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
