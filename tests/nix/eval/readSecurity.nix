{ library }:
let
  withShell = import ../../../nix/lib {
    shell = "/shell";
    currentSystem = null;
  };
  digest = builtins.hashString "sha256" "a file";
in
{
  allBuiltInScannersByDefault = {
    expr = library.readSecurity { };
    expected = {
      scanners = [
        "pickle-scan"
        "model-scan"
        "code-scan"
      ];
      custom = [ ];
      allow = [ ];
      plugins = { };
      failOn = "high";
      strict = true;
    };
  };
  setsAreChosen = {
    expr =
      map
        (
          enabled:
          (library.readSecurity {
            enablePickleScan = builtins.elemAt enabled 0;
            enableModelScan = builtins.elemAt enabled 1;
          }).scanners or null
        )
        [
          [
            true
            false
          ]
          [
            false
            true
          ]
        ];
    expected = [
      [ "pickle-scan" ]
      [
        "model-scan"
        "code-scan"
      ]
    ];
  };
  nothingEnabledIsNoScan = {
    expr = library.readSecurity {
      enablePickleScan = false;
      enableModelScan = false;
    };
    expected = null;
  };
  aCommandAloneIsAScan = {
    expr = withShell.readSecurity {
      enablePickleScan = false;
      enableModelScan = false;
      customScanners = [
        {
          name = "clamav";
          command = "/clamscan -r $out";
        }
      ];
      failOnScanError = false;
      failOn = "critical";
    };
    expected = {
      scanners = [ ];
      custom = [
        {
          name = "clamav";
          command = "/clamscan -r $out";
        }
      ];
      allow = [ ];
      plugins = { };
      failOn = "critical";
      strict = false;
      shell = "/shell";
    };
  };
  allowancesAreHandedOn = {
    expr =
      (library.readSecurity {
        allow = [
          {
            sha256 = digest;
            rule = "pickle/unknown-name";
            reason = "our own class";
            expires = "2027-01-31";
          }
        ];
      }).allow;
    expected = [
      {
        sha256 = digest;
        rule = "pickle/unknown-name";
        reason = "our own class";
        expires = "2027-01-31";
      }
    ];
  };
}
