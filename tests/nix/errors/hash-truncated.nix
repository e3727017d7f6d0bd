# expect: fetchModel: "hash": "sha256-abc" is not a hash in SRI form; write sha256- and 44
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = "sha256-abc";
}
