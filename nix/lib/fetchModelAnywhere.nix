# `fetchModel` that is told its `system`, `pkgs`, `builder`, `commandLine` or
# `shell` with the rest.
{ mkLib }:
arguments:
let
  wiring = builtins.intersectAttrs {
    system = null;
    pkgs = null;
    builder = null;
    commandLine = null;
    shell = null;
  } arguments;
in
if builtins.isAttrs arguments then
  (mkLib wiring).fetchModel (removeAttrs arguments (builtins.attrNames wiring))
else
  throw "fetchModel: it takes an attribute set, such as { source.huggingface.repo = \"org/name\"; hash = \"sha256-…\"; }"
