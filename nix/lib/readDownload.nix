# What the arguments of `fetchModel` say about the download itself, checked → what
# the builder gets of it: { parallelDownloads, limitRate, mirrors, onFailure },
# each only where it was given. None of it is in an output's path. Defaults are
# the builder's (host/nix/src/attributes/download.rs).
#
# `shell` runs the command that tells of a failure; null is the sandbox's own.
{
  checkFields,
  shell,
  types,
}:
given:
let
  where = "fetchModel: onDownloadFailure";

  onFailure = checkFields {
    inherit where;
    fields = {
      action = types.oneOf [
        "clean"
        "persist"
        "retry"
      ];
      persistPath = types.absolutePath;
      maxRetries = types.count;
      retryDelay = types.seconds;
      notifyCommand = types.text;
      networkError = types.oneOf [
        "retry"
        "fail"
        "persist-partial"
      ];
      hashMismatch = types.oneOf [
        "fail"
        "warn"
        "update-hash"
      ];
      diskFull = types.oneOf [
        "fail"
        "persist-partial"
      ];
    };
  } (given.onDownloadFailure or { });

  choices = [
    (onFailure.action or null)
    (onFailure.networkError or null)
    (onFailure.diskFull or null)
  ];
  isKept = builtins.elem "persist" choices || builtins.elem "persist-partial" choices;
  onFailureChecked =
    if onFailure ? persistPath && !isKept then
      throw "${where}: \"persistPath\" says where partial downloads are kept, and nothing keeps them; set action = \"persist\", or networkError or diskFull = \"persist-partial\""
    else
      onFailure;

  sharding = checkFields {
    where = "fetchModel: sharding";
    fields.parallelDownloads = types.positive;
  } (given.sharding or { });
  parallelDownloads =
    if sharding ? parallelDownloads && given ? parallelDownloads then
      throw "fetchModel: \"parallelDownloads\" is given beside sharding and within it; one of them is enough"
    else
      sharding.parallelDownloads or given.parallelDownloads or null;

  present = builtins.intersectAttrs given;
  mirrors = map (
    mirror:
    if types.baseUrl.holds mirror then
      mirror
    else
      throw "fetchModel: mirrors: each must be ${types.baseUrl.means}"
  ) given.mirrors;
in
(if parallelDownloads == null then { } else { inherit parallelDownloads; })
// present { inherit (given) limitRate; }
// present { inherit mirrors; }
// (
  if onFailureChecked == { } then
    { }
  else
    {
      onFailure =
        onFailureChecked
        // (if onFailure ? notifyCommand && shell != null then { shell = "${shell}"; } else { });
    }
)
