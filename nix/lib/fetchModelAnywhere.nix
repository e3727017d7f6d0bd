# `fetchModel` that is told its `system`, `pkgs`, `builder` or `commandLine` with
# the rest.
{ mkLib }:
arguments:
let
  wiring = builtins.intersectAttrs {
    system = null;
    pkgs = null;
    builder = null;
    commandLine = null;
  } arguments;
in
if builtins.isAttrs arguments then
  (mkLib wiring).fetchModel (removeAttrs arguments (builtins.attrNames wiring))
else
  throw "fetchModel: it takes an attribute set, such as { source.huggingface.repo = \"org/name\"; hash = \"sha256-…\"; }"
