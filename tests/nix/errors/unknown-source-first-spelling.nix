# expect: fetchModel: source: unknown source "urls"; did you mean "url"?
{ library }:
library.fetchModel {
  source = {
    source = "urls";
    urls = [ "https://example.com/a" ];
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
