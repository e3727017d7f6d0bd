# The model as it is used: links to what was fetched, and
# `.nix-ai-model-meta.json`. Either `raw` (a whole model) or `parts` (path →
# file) holds the bytes; `scanned` is the report of their scan, `results` what
# came of scripts.
{ derive }:
{
  name,
  raw ? null,
  parts ? { },
  scanned ? null,
  results ? null,
  metadata,
}:
derive {
  inherit
    name
    raw
    parts
    scanned
    results
    metadata
    ;
  operation = "assemble";
}
