# `plugins` as it was written, a set or the path of a lock file → name → pin:
# { where; component; hash; grants; variables }.
{
  checkFields,
  parseHash,
  plugins,
  sources,
  types,
}:
where: written:
let
  builtin = removeAttrs sources (builtins.attrNames plugins);

  readPin =
    where: name: pin:
    let
      given = checkFields {
        inherit where;
        fields = {
          component = types.component;
          hash = types.hash;
          grants = types.set;
          variables = types.variables;
        };
        required = [
          "component"
          "hash"
        ];
      } pin;
      grants = checkFields {
        where = "${where}.grants";
        fields = {
          http = types.originPatterns;
          download = types.originPatterns;
          settings = types.variables;
          credentials = types.texts;
          origins = types.origins;
        };
      } (given.grants or { });
      hash = parseHash { where = "${where}: \"hash\""; } given.hash;
    in
    if builtins.match "[a-z][a-z0-9-]{0,63}" name == null then
      throw "${where}: ${builtins.toJSON name} is not a plugin's name: lower-case letters, digits and hyphens, a letter first, at most 64"
    else if builtin ? ${name} then
      throw "${where}: the name belongs to a source that is built in; a plugin of yours needs another name in its manifest"
    else if builtins.match "sha256-.*" hash == null then
      throw "${where}: \"hash\": a component is pinned by sha256, as `nix-ai-model plugin inspect` prints it"
    else
      builtins.seq grants {
        inherit where hash grants;
        inherit (given) component;
        variables = given.variables or [ ];
      };

  readAll =
    where: pins:
    let
      read = builtins.mapAttrs (name: readPin "${where}.${name}" name) pins;
    in
    assert builtins.all (name: builtins.seq read.${name} true) (builtins.attrNames read);
    read;

  # A component's file is named from the folder of the lock file.
  fromLock =
    path:
    let
      where' = "${where}: ${baseNameOf path}";
      lock = checkFields {
        where = where';
        fields = {
          version = types.oneOf [ 1 ];
          plugins = types.set;
        };
        required = [
          "version"
          "plugins"
        ];
      } (builtins.fromJSON (builtins.readFile path));
      place =
        pin:
        if
          builtins.isString (pin.component or null)
          && builtins.match "[^:]+://.*" pin.component == null
          && pin.component != ""
        then
          pin // { component = below (dirOf path) pin.component; }
        else
          pin;
    in
    readAll where' (
      builtins.mapAttrs (_: pin: if builtins.isAttrs pin then place pin else pin) lock.plugins
    );

  below = folder: file: if builtins.match "/.*" file != null then file else folder + "/${file}";
in
if builtins.isAttrs written then readAll where written else fromLock written
