{ library }:
let
  withShell = import ../../../nix/lib {
    shell = "/shell";
    currentSystem = null;
  };
in
{
  nothingToDo = {
    expr = map library.readPostDownload [
      { }
    ];
    expected = [ null ];
  };
  aFailureAbortsUnlessItIsSaid = {
    expr = withShell.readPostDownload {
      scripts = [
        {
          name = "check";
          script = "test -e $out/config.json";
        }
        {
          name = "convert";
          script = "convert $out";
          onFailure = "warn";
        }
      ];
    };
    expected = {
      scripts = [
        {
          name = "check";
          script = "test -e $out/config.json";
          onFailure = "abort";
        }
        {
          name = "convert";
          script = "convert $out";
          onFailure = "warn";
        }
      ];
      shell = "/shell";
    };
  };
}
