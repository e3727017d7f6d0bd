# expect: source.url: urls: two files would be called "a"; give "name" to one of them
{ library }:
library.fetchModel {
  source.url.urls = [
    "https://example.com/a"
    "https://example.org/a"
  ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
