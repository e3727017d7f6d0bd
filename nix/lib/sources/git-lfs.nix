# A git repository whose large files are in Git LFS, at a revision.
{ types }:
let
  # "https://host/org/repository.git" → "https://host/org/repository"
  bare =
    url:
    let
      found = builtins.match "(.*[^/])/*" url;
      plain = if found == null then url else builtins.head found;
      dotted = builtins.match "(.+)[.]git" plain;
    in
    if dotted == null then plain else builtins.head dotted;

  # A path as the pattern that matches it alone.
  literal =
    builtins.replaceStrings
      [
        "["
        "*"
        "?"
      ]
      [
        "[[]"
        "[*]"
        "[?]"
      ];
in
{
  fields = {
    url = types.url;
    rev = types.text;
    lfsFiles = types.texts;
  };
  required = [ "url" ];

  # What the host reads for it: see plugins/git-lfs/plugin.toml.
  variables = [
    "GIT_USERNAME"
    "GIT_PASSWORD"
  ];

  # "https://host/org/repository.git#revision" → fields
  fromText =
    text:
    let
      parts = builtins.match "([^#]*)(#(.*))?" text;
      rev = builtins.elemAt parts 2;
    in
    {
      url = builtins.head parts;
    }
    // (if rev == null then { } else { inherit rev; });

  read =
    { where, fields }:
    let
      rev = fields.rev or "HEAD";
    in
    if builtins.match "[^?#]*" fields.url == null then
      throw "${where}: \"url\": ${builtins.toJSON fields.url} has a query or a fragment; write the address that `git clone` takes, and the revision as \"rev\""
    else if builtins.match "[0-9a-fA-F]{64}" rev != null then
      throw "${where}: \"rev\": ${builtins.toJSON rev} is a commit of a repository of SHA-256 objects, which cannot be read; a commit has 40 digits"
    else if
      builtins.match "[^[:space:][:cntrl:]~^:?*\\[]+" rev == null
      || builtins.match "(.*/)?([.].*|)" rev != null
      || builtins.match ".*(/[.]|//|[.][.]|@[{]).*" rev != null
      || builtins.match "/.*" rev != null
    then
      throw "${where}: \"rev\": ${builtins.toJSON rev} is not a commit, branch or tag"
    else
      {
        spec = fields // {
          inherit rev;
        };
        fileHashes = { };
      };

  shortForm = spec: "git-lfs:${spec.url}#${spec.rev}";
  # The short form has no place for patterns.
  fitsShortForm = spec: !(spec ? lfsFiles);

  defaultName = spec: builtins.elemAt (builtins.match "(.*/)?([^/]*)" (bare spec.url)) 1;

  # Which files there are, the repository knows.
  named = _: [ ];

  # One file's own spec: no other LFS file is asked for.
  only =
    path: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ]
    // {
      lfsFiles = [ (literal path) ];
    };
}
