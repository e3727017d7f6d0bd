# Files at http and https URLs.
{
  types,
  checkFields,
  checkPath,
  parseHash,
}:
let
  # The last segment of a URL's path; null where it has none that is plainly a
  # name.
  lastSegment =
    url:
    let
      found = builtins.match "https?://[^/?#]+/([^?#]*/)?([^/?#%]+)([?#].*)?" url;
    in
    if found == null then null else builtins.elemAt found 1;

  # Mirrors are URLs of the same bytes; any server may hold one.
  readMirror =
    where: mirror:
    if types.url.holds mirror then mirror else throw "${where}: mirrors: each must be ${types.url.means}";

  # One of `urls` as it was written → { url, name, hash, mirrors }; hash may be
  # null.
  readEntry =
    where: written:
    let
      entry = checkFields {
        inherit where;
        fields = {
          url = types.url;
          name = types.text;
          sha256 = types.hash;
          hash = types.hash;
          mirrors = types.list;
        };
        required = [ "url" ];
      } (if builtins.isString written then { url = written; } else written);
      last = lastSegment entry.url;
      name =
        if entry ? name then
          checkPath "${where}: \"name\"" entry.name
        else if last == null then
          throw "${where}: ${entry.url} does not end in a plain file name; give \"name\""
        else
          checkPath where last;
    in
    {
      inherit (entry) url;
      inherit name;
      mirrors = map (readMirror where) (entry.mirrors or [ ]);
      hash =
        if entry ? sha256 && entry ? hash then
          throw "${where}: both \"sha256\" and \"hash\" are given; one is enough"
        else if entry ? sha256 then
          parseHash {
            where = "${where}: \"sha256\"";
            legacy = true;
          } entry.sha256
        else if entry ? hash then
          parseHash { where = "${where}: \"hash\""; } entry.hash
        else
          null;
    };

  isPlain = entry: entry.name == lastSegment entry.url && !(entry ? mirrors);

  # The entry in a spec. Hashes stand beside the spec, but one that decides
  # between mirrors goes with them.
  specOf =
    where: entry:
    {
      inherit (entry) url name;
    }
    // (
      if entry.mirrors == [ ] then
        { }
      else if entry.hash == null then
        throw "${where}: urls: \"${entry.name}\" has mirrors and no hash; give its \"sha256\", which decides whether a mirror is right"
      else
        { inherit (entry) mirrors hash; }
    );
in
{
  fields = {
    urls = types.list;
  };
  required = [ "urls" ];

  # URLs, with spaces between them → fields
  fromText = text: {
    urls = builtins.filter (part: builtins.isString part && part != "") (builtins.split " +" text);
  };

  read =
    { where, fields }:
    let
      numbers = builtins.genList (number: number) (builtins.length fields.urls);
      entries = map (
        number: readEntry "${where}: urls[${toString number}]" (builtins.elemAt fields.urls number)
      ) numbers;
      names = map (entry: entry.name) entries;
      twice = builtins.filter (
        name: builtins.length (builtins.filter (other: other == name) names) > 1
      ) names;
    in
    if twice != [ ] then
      throw "${where}: urls: two files would be called \"${builtins.head twice}\"; give \"name\" to one of them"
    else
      {
        spec = fields // {
          urls = map (specOf where) entries;
        };
        fileHashes = builtins.listToAttrs (
          map (entry: {
            inherit (entry) name;
            value = entry.hash;
          }) (builtins.filter (entry: entry.hash != null) entries)
        );
      };

  shortForm = spec: builtins.concatStringsSep " " (map (entry: entry.url) spec.urls);
  # The short form has no place for names.
  fitsShortForm = spec: builtins.all isPlain spec.urls;

  defaultName =
    spec: if builtins.length spec.urls == 1 then (builtins.head spec.urls).name else "model";

  # Logins are in the netrc file, whose variable every source has.
  variables = [ ];

  named = spec: map (entry: entry.name) spec.urls;

  # One file's own spec: the URL of that file.
  only =
    path: spec:
    removeAttrs spec [
      "files"
      "exclude"
    ]
    // {
      urls = builtins.filter (entry: entry.name == path) spec.urls;
    };
}
