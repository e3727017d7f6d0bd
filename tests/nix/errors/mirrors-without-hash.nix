# expect: source.url: urls: "a" has mirrors and no hash; give its "sha256", which decides whether a mirror is right
{ library }:
library.fetchModel {
  source.url.urls = [
    {
      url = "https://example.com/a";
      mirrors = [ "https://example.org/a" ];
    }
  ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
