# expect: fetchModel: "fileHashes" must be a set of file path = "sha256-…"
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  fileHashes = { };
}
