# spec → the command that prints its hash.
{ sourceOf, shortForm }:
spec:
let
  quoted =
    text:
    if builtins.match "[A-Za-z0-9_.,:/@%+=-]+" text != null then
      text
    else
      "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  patterns = option: texts: map (text: "${option} ${quoted text}") texts;
  words = [
    "nix-ai-model prefetch ${quoted (shortForm spec)}"
  ]
  ++ patterns "--include" (spec.files or [ ])
  ++ patterns "--exclude" (spec.exclude or [ ]);
in
if (sourceOf spec).fitsShortForm spec then
  builtins.concatStringsSep " " words
else
  "echo ${quoted (builtins.toJSON spec)} | nix-ai-model prefetch -"
