{ library }:
let
  transform =
    arguments:
    library.transform (
      {
        name = "m-files";
        model = "m";
        contents.parts."a/b" = "/nix/store/x";
        postDownload = library.readPostDownload {
          scripts = [
            {
              name = "check";
              script = "true";
            }
          ];
        };
      }
      // arguments
    );
in
{
  hasFilesAndResults = {
    expr = [
      (transform { }).outputs
      (transform { }).operation
      (map (script: script.name) (transform { }).scripts)
    ];
    expected = [
      [
        "out"
        "results"
      ]
      "transform"
      [ "check" ]
    ];
  };
  scriptsWaitForTheScan = {
    expr = [
      ((transform { }) ? scanned)
      (transform { scanned = "/nix/store/report"; }).scanned
    ];
    expected = [
      false
      "/nix/store/report"
    ];
  };
}
