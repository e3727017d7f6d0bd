# name → pin → the source that a third party's plugin is. Its fields are the
# plugin's to judge, and so is its short form: both are handed to it as they
# were written.
{
  pinnedPlugin,
  sources,
  types,
}:
name: pin:
let
  own =
    spec:
    removeAttrs spec [
      "source"
      "files"
      "exclude"
    ];
  isShort = spec: spec.source != name;

  # Objects are fetched with the user's credentials for their store.
  stores = {
    s3 = sources.s3;
    gs = sources.gcs;
    az = sources.azure;
  };
  ofObjects = map (scheme: stores.${scheme}.variables) (pin.grants.objects or [ ]);
in
{
  fields = { };
  other = types.data;
  required = [ ];

  read =
    { fields, ... }:
    {
      spec = fields;
      fileHashes = { };
    };

  shortForm = spec: if isShort spec then spec.source else "${name}:${builtins.toJSON (own spec)}";
  fitsShortForm = isShort;

  # Of a short form the last part, its revision left out, as `prefetch` names
  # it; else of the field that is most likely to say what is fetched.
  defaultName =
    spec:
    let
      named = builtins.filter (value: builtins.isString value && value != "") [
        (spec.repo or null)
        (spec.model or null)
        (spec.name or null)
      ];
      reference = builtins.elemAt (builtins.match "[^:]*:([^@]*).*" spec.source) 0;
      full = if isShort spec then reference else builtins.head (named ++ [ name ]);
      parts = builtins.filter (part: builtins.isString part && part != "") (builtins.split "/" full);
    in
    if parts == [ ] then name else builtins.elemAt parts (builtins.length parts - 1);

  named = _: [ ];

  only =
    _: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ];

  # What its credentials are read from, and what it may read itself.
  variables = pin.variables ++ pin.grants.settings or [ ] ++ builtins.concatLists ofObjects;

  plugins.${name} = pinnedPlugin name pin;
}
