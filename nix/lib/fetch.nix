# What upstream gave, as a fixed output: the whole model, or the one file `file`
# of it. A fixed output's path follows from its name and hash alone.
#
# A whole model is named after what is fetched, never after what the user calls
# it: renaming fetches nothing again, `prefetch` knows the path without the
# expression, and a hash that was left behind when the repository was changed
# does not quietly bring the old one back. One file's name is a constant, so
# that a shard is one store path whatever models and revisions have it.
{
  derive,
  networkVariables,
  sourceOf,
  storeName,
}:
{
  model,
  spec,
  hash,
  fileHashes ? { },
  file ? null,
  download ? { },
}:
let
  definition = sourceOf spec;
in
derive (
  {
    name = if file == null then storeName (definition.defaultName spec) else "model-file";
    operation = "fetch";
    inherit
      model
      spec
      fileHashes
      file
      download
      ;
    outputHash = hash;
    outputHashMode = if file == null then "recursive" else "flat";
    impureEnvVars = networkVariables ++ definition.variables;
  }
  # The pin of a third party's plugin, where the source is one.
  // builtins.intersectAttrs { plugins = null; } definition
)
