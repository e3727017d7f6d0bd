# expect: fetchModel: source.gcs: "prefix": "a/../b/" steps through "." or ".."
{ library }:
library.fetchModel {
  source.gcs = {
    bucket = "models";
    prefix = "a/../b/";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
