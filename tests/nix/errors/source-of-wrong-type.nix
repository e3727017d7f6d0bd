# expect: fetchModel: "source" must be an attribute set or a short form
{ library }:
library.fetchModel {
  source = [ ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
