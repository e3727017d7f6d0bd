# expect: fetchModel: it must be an attribute set with: exclude, fileHashes
{ library }:
library.fetchModel "huggingface:org/name"
