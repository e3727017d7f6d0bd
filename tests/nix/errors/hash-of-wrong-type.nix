# expect: fetchModel: "hash" must be a hash such as "sha256-…"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  hash = null;
}
