# `postDownload` as it was written, checked → what the builder gets of it:
# { scripts, shell }; null where there is nothing to do.
{
  checkFields,
  shell,
  types,
}:
written:
let
  where = "fetchModel: postDownload";
  given = checkFields {
    inherit where;
    fields.scripts = types.list;
  } written;
  scripts = map (
    script:
    {
      onFailure = "abort";
    }
    // checkFields {
      where = "${where}.scripts";
      fields = {
        name = types.word;
        script = types.text;
        onFailure = types.oneOf [
          "abort"
          "warn"
          "ignore"
        ];
      };
      required = [
        "name"
        "script"
      ];
    } script
  ) (given.scripts or [ ]);
in
if scripts == [ ] then
  null
else
  builtins.deepSeq scripts (
    { inherit scripts; } // (if shell != null then { shell = "${shell}"; } else { })
  )
