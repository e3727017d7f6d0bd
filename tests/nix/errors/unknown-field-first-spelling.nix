# expect: fetchModel: source: unknown attribute "rpo"; did you mean "repo"?
{ library }:
library.fetchModel {
  source = {
    source = "huggingface";
    rpo = "org/name";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
