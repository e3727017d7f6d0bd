# expect: source.huggingface: "revision": "a/../b" is not a branch, tag or commit
{ library }:
library.fetchModel {
  source.huggingface = {
    repo = "org/name";
    revision = "a/../b";
  };
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
