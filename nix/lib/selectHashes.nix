# The hashes of the files to fetch one by one, where no hash of the whole says
# what the model is: all of `fileHashes` that the spec's patterns select. A
# pattern is refused where it asks for a file whose hash is not known.
{ sourceOf }:
{ spec, fileHashes }:
let
  inherit (builtins)
    any
    attrNames
    filter
    match
    replaceStrings
    ;
  named = (sourceOf spec).named spec;
  names = attrNames fileHashes ++ filter (name: !(fileHashes ? ${name})) named;

  # `*` and `?` as everywhere in nix-ai-model; classes are left to the builder.
  expression =
    pattern:
    replaceStrings
      [
        "\\"
        "^"
        "$"
        "."
        "|"
        "("
        ")"
        "{"
        "}"
        "+"
        "*"
        "?"
      ]
      [
        "\\\\"
        "\\^"
        "\\$"
        "\\."
        "\\|"
        "\\("
        "\\)"
        "\\{"
        "\\}"
        "\\+"
        ".*"
        "."
      ]
      (if match ".*/" pattern != null then "${pattern}*" else pattern);
  matches =
    name: pattern:
    if match ".*[[].*" pattern != null then
      throw "fetchModel: files: the pattern ${builtins.toJSON pattern} needs a \"hash\" of the whole model; \"fileHashes\" alone goes with names, * and ?"
    else
      match (expression pattern) name != null;

  include = spec.files or [ "*" ];
  exclude = spec.exclude or [ ];
  useless = filter (pattern: !(any (name: matches name pattern) names)) include;
  selected = filter (name: any (matches name) include && !(any (matches name) exclude)) names;
  unpinned = filter (name: !(fileHashes ? ${name})) selected;
  foreign = filter (name: named != [ ] && !(builtins.elem name named)) (attrNames fileHashes);
in
if foreign != [ ] then
  throw "fetchModel: fileHashes: no URL gives the file \"${builtins.head foreign}\"; the files are: ${builtins.concatStringsSep ", " named}"
else if useless != [ ] then
  throw "fetchModel: files: ${builtins.toJSON (builtins.head useless)} matches no file whose hash is given; add the file to \"fileHashes\", or give the \"hash\" of the whole"
else if unpinned != [ ] then
  throw "fetchModel: the file \"${builtins.head unpinned}\" has no hash; give its \"sha256\", or the \"hash\" of the whole"
else if selected == [ ] then
  throw "fetchModel: exclude: no file is left"
else
  removeAttrs fileHashes (filter (name: !(builtins.elem name selected)) (attrNames fileHashes))
