# The model as a derivation. See docs/reference/nix-library.md.
#
# All that can be wrong with the arguments is found when the result is looked
# at; derivations are made when they are asked for.
{
  assemble,
  checkFields,
  checkPath,
  fetch,
  hfCache,
  ollamaStore,
  parseHash,
  prefetchCommand,
  readDownload,
  readPostDownload,
  readSecurity,
  readSource,
  scan,
  selectHashes,
  shortForm,
  sourceOf,
  storeName,
  transform,
  types,
  withPlugins,
}:
arguments:
let
  given = checkFields {
    where = "fetchModel";
    fields = {
      source = types.setOrText;
      hash = types.hash;
      fileHashes = types.hashes;
      files = types.texts;
      exclude = types.texts;
      name = types.text;
      version = types.text;
      meta = types.set;
      plugins = types.plugins;
      onDownloadFailure = types.set;
      parallelDownloads = types.positive;
      sharding = types.set;
      limitRate = types.rate;
      mirrors = types.list;
      security = types.set;
      postDownload = types.set;
    };
    required = [ "source" ];
  } arguments;

  read = readSource {
    inherit (given) source;
    selection = builtins.intersectAttrs {
      files = null;
      exclude = null;
    } given;
  };
  inherit (read) spec;
  definition = sourceOf spec;

  name = storeName (given.name or (definition.defaultName spec));
  fullName = if given ? version then storeName "${name}-${given.version}" else name;

  download = readDownload given;
  security = if given ? security then readSecurity given.security else null;
  postDownload = readPostDownload (given.postDownload or { });

  hash = if given ? hash then parseHash { where = "fetchModel: \"hash\""; } given.hash else null;

  # Hashes that are given in two places must be the same.
  fileHashes =
    let
      own = builtins.mapAttrs (
        path: text:
        let
          value = parseHash { where = "fetchModel: fileHashes.\"${path}\""; } text;
          other = read.fileHashes.${checkPath "fetchModel: fileHashes" path} or value;
        in
        if other == value then
          value
        else
          throw "fetchModel: fileHashes.\"${path}\": the source gives this file another hash, ${other}"
      ) (given.fileHashes or { });
    in
    read.fileHashes // own;

  partHashes = selectHashes { inherit spec fileHashes; };
  pinned = if hash != null then hash else partHashes;

  checked =
    if hash == null && fileHashes == { } then
      throw ''
        fetchModel: "${name}" has no hash, so nothing says which bytes it is. Give "hash" (or "fileHashes"). This prints it:

            ${prefetchCommand spec}

        or set hash = "" and build: Nix then tells the right one.''
    else
      builtins.deepSeq [
        spec
        fullName
        fileHashes
        pinned
        (builtins.attrNames download)
        (download.mirrors or [ ])
        (builtins.attrNames (download.onFailure or { }))
        (builtins.attrNames (if security == null then { } else security))
        (builtins.attrNames (if postDownload == null then { } else postDownload))
      ] true;

  raw =
    if hash == null then
      null
    else
      fetch {
        model = name;
        inherit
          spec
          hash
          fileHashes
          download
          ;
      };
  parts = builtins.mapAttrs (
    path: hash:
    fetch {
      model = name;
      spec = definition.only path spec;
      file = path;
      inherit hash download;
    }
  ) partHashes;

  fetched = if hash == null then { inherit parts; } else { inherit raw; };

  # Everything further down depends on the report: what was not scanned cannot
  # be built.
  report =
    if security == null then
      null
    else
      scan {
        name = storeName "${fullName}-scan";
        model = name;
        contents = fetched;
        inherit security;
      };
  transformed =
    if postDownload == null then
      null
    else
      transform {
        name = storeName "${fullName}-files";
        model = name;
        contents = fetched;
        scanned = report;
        inherit postDownload;
      };

  model = assemble (
    {
      name = fullName;
      scanned = report;
      results = if transformed == null then null else transformed.results;
      metadata = {
        inherit name hash;
        version = given.version or null;
        source = shortForm spec;
        fetchedAt = null;
      };
    }
    // (if transformed == null then fetched else { raw = transformed.out; })
  );
in
if given ? plugins then
  (withPlugins "fetchModel: plugins" given.plugins).fetchModel (removeAttrs given [ "plugins" ])
else
  assert checked;
  model
  // {
    pname = name;
    inherit raw hash;
    inherit fileHashes;
    source = spec;
    files =
      if hash == null && report == null && transformed == null then
        parts
      else
        builtins.mapAttrs (path: _: "${model}/${path}") (if hash == null then partHashes else fileHashes);
    scan = report;
    hfCache = hfCache {
      name = fullName;
      inherit model spec pinned;
    };
    ollamaStore = ollamaStore {
      name = fullName;
      inherit model spec;
    };
    meta = given.meta or { };
  }
  // (if given ? version then { inherit (given) version; } else { })
