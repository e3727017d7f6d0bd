# expect: fetchModel: "files" is given beside the source and within it
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    files = [ "a" ];
  };
  files = [ "b" ];
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
