# `source` as it was written → { spec, fileHashes }: the spec in its one
# canonical spelling, and the hashes that it carries (url entries do). Takes
#   { source = "huggingface"; repo = …; }
#   { huggingface = { repo = …; }; }
#   "huggingface:org/name@revision", or this as `source` of the first
# `selection` is files and exclude, where they were written beside the source.
{
  sources,
  nearest,
  checkFields,
  types,
}:
{
  source,
  selection ? { },
}:
let
  known = builtins.attrNames sources;
  list = builtins.concatStringsSep ", " known;
  unknown =
    name:
    let
      meant = nearest name known;
      guess = if meant == null then "" else "; did you mean \"${meant}\"?";
    in
    throw "fetchModel: source: unknown source \"${name}\"${guess} The sources are: ${list}; \"plugins\" adds those of third parties";

  # What begins a short form beside the sources' names.
  aliases = {
    hf = "huggingface";
    gs = "gcs";
    az = "azure";
    wasbs = "azure";
    abfss = "azure";
  };

  # { name, where, fields }
  # A third party's plugin reads its short form itself: then that is `short`.
  written = if builtins.isString source then fromText source else fromSet source;

  fromText =
    text:
    let
      parts = builtins.match "([^:]*):(.*)" text;
      scheme = builtins.head parts;
      name =
        if scheme == "http" || scheme == "https" then
          "url"
        else
          aliases.${scheme} or scheme;
      rest = if name == "url" && scheme != "url" then text else builtins.elemAt parts 1;
    in
    if parts == null then
      throw "fetchModel: source: ${builtins.toJSON text} names no source; write it as \"huggingface:org/name@revision\" or \"https://…\""
    else if !(sources ? ${name}) then
      unknown name
    else if sources.${name} ? fromText then
      {
        inherit name;
        where = "fetchModel: source";
        fields = sources.${name}.fromText rest;
      }
    else if rest == "" then
      throw "fetchModel: source: ${builtins.toJSON text} names nothing behind the colon"
    else
      {
        inherit name;
        where = "fetchModel: source";
        short = text;
        fields = { };
      };

  # A short form with patterns beside it.
  fromTextInSet =
    set:
    let
      read = fromText set.source;
      beside = removeAttrs set [ "source" ];
      strange = builtins.attrNames (
        removeAttrs beside [
          "files"
          "exclude"
        ]
      );
    in
    if strange != [ ] then
      throw "fetchModel: source: \"${builtins.head strange}\" is given beside a short form; only files and exclude can be"
    else
      read // { fields = read.fields // beside; };

  fromSet =
    set:
    let
      names = builtins.attrNames set;
      name = builtins.head names;
    in
    if set ? source then
      if !(builtins.isString set.source) then
        throw "fetchModel: source: \"source\" must be the name of a source: ${list}"
      else if builtins.match ".*:.*" set.source != null then
        fromTextInSet set
      else
        {
          name = set.source;
          where = "fetchModel: source";
          fields = removeAttrs set [ "source" ];
        }
    else if builtins.length names != 1 then
      throw "fetchModel: source: it must name one source, as source = { source = \"huggingface\"; … } or source.huggingface = { … }; the sources are: ${list}"
    else
      {
        inherit name;
        where = "fetchModel: source.${name}";
        fields = set.${name};
      };

  inherit (written) name where;
  definition = sources.${name};

  fields = checkFields {
    inherit where;
    fields = definition.fields // {
      files = types.texts;
      exclude = types.texts;
    };
    inherit (definition) required;
    other = if written ? short then null else definition.other or null;
  } written.fields;

  twice = builtins.attrNames (builtins.intersectAttrs fields selection);
in
if !(sources ? ${name}) then
  unknown name
else if twice != [ ] then
  throw "fetchModel: \"${builtins.head twice}\" is given beside the source and within it; one of them is enough"
else
  definition.read {
    inherit where;
    fields = fields // selection // { source = written.short or name; };
  }
