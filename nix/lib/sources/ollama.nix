# A model of Ollama's registry, of Hugging Face as it serves them to Ollama, or
# of any registry of containers.
{ types }:
let
  inherit (builtins)
    elemAt
    match
    replaceStrings
    stringLength
    ;

  public = "registry.ollama.ai";
  huggingFace = [
    "hf.co"
    "huggingface.co"
  ];

  characters = text: builtins.genList (at: builtins.substring at 1 text) (stringLength text);
  lower = replaceStrings (characters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    characters "abcdefghijklmnopqrstuvwxyz"
  );

  host = "[A-Za-z0-9_][A-Za-z0-9_.:-]*";
  namespace = "[A-Za-z0-9_][A-Za-z0-9_-]*";
  part = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
  digest = "sha256:[0-9a-f]{64}";

  # "[scheme://][host/][namespace/]model[:tag][@digest]", cut; null where it is
  # malformed. The rules are the plugin's (plugins/ollama/src/name.rs).
  cut =
    text:
    let
      found = match "(((https?)://)?(${host})/(${namespace})/|(${namespace})/)?(${part})(:(${part}))?(@(${digest}))?" text;
      at = elemAt found;
      or' = default: value: if value == null then default else value;
      name = {
        scheme = at 2;
        host = if at 3 == null then null else lower (at 3);
        namespace = or' (or' "library" (at 5)) (at 4);
        model = at 6;
        tag = or' "latest" (at 8);
        digest = at 10;
      };
      short = text: stringLength text <= 80;
    in
    if
      found != null
      && short name.namespace
      && short name.model
      && short name.tag
      && stringLength (or' "" name.host) <= 350
    then
      name
    else
      null;

  # The name without its registry.
  path =
    name:
    "${name.namespace}/${name.model}:${name.tag}"
    + (if name.digest == null then "" else "@${name.digest}");
  shortPath =
    name:
    if name.namespace == "library" then
      builtins.head (match "library/(.*)" (path name))
    else
      path name;

  # The fields that name a model in their one canonical spelling. `origin` is
  # that of its registry, null for the public one.
  canonical =
    origin: name:
    let
      known = if origin == null then null else match "https://(.*)" origin;
      at = if known == null then null else builtins.head known;
    in
    if origin == null || at == public then
      { model = shortPath name; }
    else if builtins.elem at huggingFace then
      { model = "${at}/${path name}"; }
    else
      {
        model = path name;
        registry = origin;
      };

  origin =
    name:
    if name.host == null then
      null
    else
      "${if name.scheme == null then "https" else name.scheme}://${name.host}";
in
{
  fields = {
    model = types.text;
    registry = types.url;
  };
  required = [ "model" ];

  # A host that is not known becomes the registry; what is malformed is for
  # `read` to say.
  fromText =
    text:
    let
      name = cut text;
    in
    if name == null then { model = text; } else canonical (origin name) name;

  read =
    { where, fields }:
    let
      inherit (fields) model;
      name = cut model;
      given = fields.registry or null;
      bare = match "(https?://${host})/*" (if given == null then "" else given);
      isKnown =
        name.host == public || builtins.elem name.host huggingFace;
    in
    if name == null then
      throw "${where}: \"model\": ${builtins.toJSON model} is not a model's name; write model:tag, namespace/model:tag, hf.co/user/repo:quant, or host/namespace/model:tag"
    else if given != null && bare == null then
      throw "${where}: \"registry\": ${builtins.toJSON given} is not the origin of a registry; write it as https://registry.example or http://127.0.0.1:5000, without a path"
    else if given != null && name.host != null then
      throw "${where}: the registry is named twice, by \"registry\" and in \"model\"; write model = \"${path name}\""
    else if given == null && name.host != null && (name.scheme == "http" || !isKnown) then
      throw "${where}: \"model\" names the registry ${name.host}, which \"registry\" has to name: registry = \"${origin name}\"; model = \"${path name}\";"
    else
      {
        spec =
          removeAttrs fields [ "registry" ]
          // canonical (if given == null then origin name else lower (builtins.head bare)) name;
        fileHashes = { };
      };

  shortForm =
    spec:
    if spec ? registry then
      "ollama:${replaceStrings [ "https://" ] [ "" ] spec.registry}/${spec.model}"
    else
      "ollama:${spec.model}";
  fitsShortForm = _: true;

  # "llama2:7b", of which a store path's name is made.
  defaultName = spec: elemAt (match "(.*/)?([^/@]*)(@.*)?" spec.model) 1;

  # The files that the spec itself names: which there are, the registry knows.
  named = _: [ ];

  # One file's own spec: patterns are of no matter to it.
  only =
    _: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ];

  # What a build reads of the environment.
  variables = [
    "OLLAMA_REGISTRY_LOGIN"
    "HF_TOKEN"
    "HUGGING_FACE_HUB_TOKEN"
    "HF_TOKEN_PATH"
  ];

  # What Ollama calls the model: { host; namespace; model; tag; }.
  called =
    spec:
    let
      name = cut spec.model;
    in
    {
      host =
        if spec ? registry then
          builtins.head (match "https?://(.*)" spec.registry)
        else if name.host != null then
          name.host
        else
          public;
      inherit (name) namespace model tag;
    };
}
