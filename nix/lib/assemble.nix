# The model as it is used: links to what was fetched, and
# `.nix-ai-model-meta.json`. Either `raw` (a whole model) or `parts` (path →
# file) holds the bytes.
{ derive }:
{
  name,
  raw ? null,
  parts ? { },
  metadata,
}:
derive {
  inherit
    name
    raw
    parts
    metadata
    ;
  operation = "assemble";
}
