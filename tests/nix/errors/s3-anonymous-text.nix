# expect: fetchModel: source.s3: "anonymous" must be true or false
{ library }:
library.fetchModel {
  source.s3 = {
    bucket = "models";
    anonymous = "yes";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
