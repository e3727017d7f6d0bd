# A model's files → a copy that the user's scripts worked on, and what came of
# each script, for the model's metadata. `scanned` is the report of a scan of the
# files: scripts may load them, so nothing runs before it was passed.
{ derive }:
{
  name,
  model,
  contents,
  postDownload,
  scanned ? null,
}:
derive (
  contents
  // postDownload
  // {
    inherit name model;
    operation = "transform";
    outputs = [
      "out"
      "results"
    ];
  }
  // (if scanned == null then { } else { inherit scanned; })
)
