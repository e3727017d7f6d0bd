# expect: fetchModel: source.url: urls[1]: unknown attribute "sha265"; did you mean "sha256"?
{ library }:
library.fetchModel {
  source.url.urls = [
    "https://example.com/a"
    {
      url = "https://example.com/b";
      sha265 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }
  ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
