# A repository of a Hugging Face hub at a revision.
{ types }:
let
  prefixes = {
    model = "";
    dataset = "datasets/";
    space = "spaces/";
  };
in
{
  fields = {
    repo = types.text;
    revision = types.text;
    repoType = types.oneOf [
      "model"
      "dataset"
      "space"
    ];
    endpoint = types.url;
  };
  required = [ "repo" ];

  # "datasets/org/name@revision" → fields
  fromText =
    text:
    let
      parts = builtins.match "(models/|datasets/|spaces/)?([^@]*)(@(.*))?" text;
      prefix = builtins.elemAt parts 0;
      revision = builtins.elemAt parts 3;
    in
    {
      repo = builtins.elemAt parts 1;
    }
    // (if revision == null then { } else { inherit revision; })
    // (
      if prefix == "datasets/" then
        { repoType = "dataset"; }
      else if prefix == "spaces/" then
        { repoType = "space"; }
      else
        { }
    );

  read =
    { where, fields }:
    let
      inherit (fields) repo;
      revision = fields.revision or "main";
      name = "[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*";
    in
    if builtins.match "(${name}/)?${name}" repo == null then
      throw "${where}: \"repo\": ${builtins.toJSON repo} is not a repository; write org/name, as in the address of its page (a dataset or space: repoType)"
    else if
      builtins.match "[^[:space:][:cntrl:]]+" revision == null
      || builtins.match "(.*/)?([.][.]?)?(/.*)?" revision != null
    then
      throw "${where}: \"revision\": ${builtins.toJSON revision} is not a branch, tag or commit"
    else
      {
        spec = fields // {
          inherit revision;
        };
        fileHashes = { };
      };

  shortForm =
    spec: "huggingface:${prefixes.${spec.repoType or "model"}}${spec.repo}@${spec.revision}";
  # The short form has no place for a hub other than the public one.
  fitsShortForm = spec: !(spec ? endpoint);

  defaultName = spec: builtins.elemAt (builtins.match "(.*/)?([^/]*)" spec.repo) 1;

  variables = [
    "HF_ENDPOINT"
    "HF_TOKEN"
    "HUGGING_FACE_HUB_TOKEN"
    "HF_TOKEN_PATH"
  ];

  # The files that the spec itself names: which there are, the hub knows.
  named = _: [ ];

  # One file's own spec: patterns are of no matter to it.
  only =
    _: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ];
}
