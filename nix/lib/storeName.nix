# text → a name that the store takes: each character outside its alphabet, and a
# dot at the start, replaced by "-"; at most 211 characters. The command line
# names what it prefetches by the same rule (host/nix/src/store_path.rs).
{ }:
text:
let
  pieces = builtins.filter builtins.isString (builtins.split "[^0-9a-zA-Z+._?=-]" text);
  plain = builtins.substring 0 211 (builtins.concatStringsSep "-" pieces);
  dotted = builtins.match "[.](.*)" plain;
in
if plain == "" then
  "model"
else if dotted != null then
  "-${builtins.head dotted}"
else
  plain
