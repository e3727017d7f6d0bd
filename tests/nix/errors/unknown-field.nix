# expect: fetchModel: source.huggingface: unknown attribute "rev"; did you mean "revision"?
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    rev = "main";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
