# expect: fetchModel: source: unknown source "ftp"
{ library }:
library.fetchModel {
  source = "ftp://example.com/a";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
