# expect: source: it must name one source, as source = { source = "huggingface"; … } or source.huggingface = { … }
{ library }:
library.fetchModel {
  source = {
    repo = "org/name";
    revision = "main";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
