{ library }:
let
  report = library.scan {
    name = "m-scan";
    model = "m";
    contents.raw = "/nix/store/x";
    security = library.readSecurity { enableModelScan = false; };
  };
in
{
  isAnOrdinaryDerivation = {
    expr = [
      report.operation
      report.raw
      report.scanners
      (report ? outputHash)
    ];
    expected = [
      "scan"
      "/nix/store/x"
      [ "pickle-scan" ]
      false
    ];
  };
}
