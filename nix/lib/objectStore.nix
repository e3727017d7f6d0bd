# A source whose models lie below a prefix in an object store. `scheme` begins
# its short forms beside the source's name; `bucket` is the field that names the
# bucket; `fields` are those that only this store has; `variables` are what a
# build reads from its environment.
{ types }:
{
  scheme,
  bucket,
  fields,
  variables,
}:
let
  azureHost = "([a-z0-9]+)[.](blob|dfs)[.]core[.]windows[.]net";

  # "container@account.blob.core.windows.net" → { container; account; }
  readPlace =
    place:
    let
      owned = builtins.match "([^@]*)@${azureHost}" place;
    in
    if fields ? account && owned != null then
      {
        ${bucket} = builtins.elemAt owned 0;
        account = builtins.elemAt owned 1;
      }
    else
      { ${bucket} = place; };

  place =
    spec:
    if spec ? account then
      "${spec.${bucket}}@${spec.account}.blob.core.windows.net"
    else
      spec.${bucket};
in
{
  inherit variables;

  fields = {
    ${bucket} = types.text;
    prefix = types.text;
    endpoint = types.url;
    anonymous = types.bool;
  }
  // fields;
  required = [ bucket ];

  # "//bucket/prefix/" → fields
  fromText =
    text:
    let
      parts = builtins.match "(//)?([^/]*)(/(.*))?" text;
      prefix = builtins.elemAt parts 3;
    in
    readPlace (builtins.elemAt parts 1)
    // (if prefix == null || prefix == "" then { } else { inherit prefix; });

  read =
    { where, fields }:
    let
      prefix = fields.prefix or "";
    in
    if builtins.match "[A-Za-z0-9_$-][A-Za-z0-9._$-]*" fields.${bucket} == null then
      throw "${where}: \"${bucket}\": ${builtins.toJSON fields.${bucket}} is no name of a ${bucket}"
    else if fields ? account && builtins.match "[a-z0-9]+" fields.account == null then
      throw "${where}: \"account\": ${builtins.toJSON fields.account} is no name of a storage account"
    else if builtins.match ".*[[:cntrl:]].*" prefix != null then
      throw "${where}: \"prefix\": ${builtins.toJSON prefix} has control characters"
    else if builtins.match "(.*/)?[.][.]?(/.*)?" prefix != null then
      throw "${where}: \"prefix\": ${builtins.toJSON prefix} steps through \".\" or \"..\""
    else
      {
        spec = fields;
        fileHashes = { };
      };

  shortForm = spec: "${scheme}://${place spec}/${spec.prefix or ""}";
  # The short form has no place for how a store is reached.
  fitsShortForm = spec: !(spec ? endpoint || spec ? region || spec ? anonymous);

  # The last name of the prefix, else the bucket.
  defaultName =
    spec:
    let
      last = builtins.match "(.*/)?([^/]+)/*" (spec.prefix or "");
    in
    if last == null then spec.${bucket} else builtins.elemAt last 1;

  # Which objects there are, the store knows.
  named = _: [ ];

  # One file's own spec: patterns are of no matter to it.
  only =
    _: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ];
}
