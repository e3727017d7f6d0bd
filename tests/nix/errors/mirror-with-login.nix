# expect: source.url: urls[0]: mirrors: each must be an http or https URL without a login in it
{ library }:
library.fetchModel {
  source.url.urls = [
    {
      url = "https://example.com/a";
      sha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
      mirrors = [ "https://user:word@example.org/a" ];
    }
  ];
}
