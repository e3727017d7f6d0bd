# expect: fetchModel: unknown attribute "colour" It takes: exclude, fileHashes, files, hash, meta, name, plugins, source, version
{ library }:
library.fetchModel {
  source.huggingface.repo = "org/name";
  colour = "red";
}
