# expect: fetchModel: the file "b" has no hash; give its "sha256", or the "hash" of the whole
{ library }:
library.fetchModel {
  source.url.urls = [
    {
      url = "https://example.com/a";
      sha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    }
    "https://example.com/b"
  ];
}
