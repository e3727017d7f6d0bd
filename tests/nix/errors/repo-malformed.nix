# expect: source.huggingface: "repo": "datasets/org/name" is not a repository; write org/name
{ library }:
library.fetchModel {
  source.huggingface.repo = "datasets/org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
