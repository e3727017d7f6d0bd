# `security` as it was written, checked → what the builder's scan gets of it:
# { scanners, plugins, custom, shell, failOn, allow, strict }.
#
# `plugins` are the pins that are known; `shell` runs custom scanners, null is
# the sandbox's own.
{
  checkFields,
  pinnedPlugin,
  plugins,
  shell,
  types,
}:
written:
let
  where = "fetchModel: security";
  given = checkFields {
    inherit where;
    fields = {
      enablePickleScan = types.bool;
      enableModelScan = types.bool;
      scanners = types.texts;
      customScanners = types.list;
      failOnScanError = types.bool;
      failOn = types.oneOf [
        "note"
        "low"
        "medium"
        "high"
        "critical"
        "never"
      ];
      allow = types.list;
    };
  } written;

  third = map (
    name:
    if plugins ? ${name} then
      name
    else
      throw "${where}: scanners: there is no plugin ${builtins.toJSON name}; pin it in \"plugins\""
  ) (given.scanners or [ ]);

  custom = map (
    scanner:
    checkFields {
      where = "${where}.customScanners";
      fields = {
        name = types.word;
        command = types.text;
      };
      required = [
        "name"
        "command"
      ];
    } scanner
  ) (given.customScanners or [ ]);
  names = map (scanner: scanner.name) custom;
  repeated = builtins.filter (name: builtins.length (builtins.filter (n: n == name) names) > 1) names;

  # A reason is not optional: whoever reads the expression has to know why.
  allow = map (
    entry:
    checkFields {
      where = "${where}.allow";
      fields = {
        sha256 = types.sha256;
        rule = types.text;
        reason = types.text;
        expires = types.date;
      };
      required = [
        "sha256"
        "rule"
        "reason"
      ];
    } entry
  ) (given.allow or [ ]);

  # The built-in ones of a set; see docs/explanation/scanning.md.
  scanners =
    (if given.enablePickleScan or true then [ "pickle-scan" ] else [ ])
    ++ (
      if given.enableModelScan or true then
        [
          "model-scan"
          "code-scan"
        ]
      else
        [ ]
    )
    ++ third;
in
if repeated != [ ] then
  throw "${where}: customScanners: two are called ${builtins.toJSON (builtins.head repeated)}"
else if scanners == [ ] && custom == [ ] then
  null
else
  builtins.deepSeq
    [
      custom
      allow
    ]
    {
      inherit scanners custom allow;
      plugins = builtins.listToAttrs (
        map (name: {
          inherit name;
          value = pinnedPlugin name plugins.${name};
        }) third
      );
      failOn = given.failOn or "high";
      strict = given.failOnScanError or true;
    }
    // (if custom != [ ] && shell != null then { shell = "${shell}"; } else { })
