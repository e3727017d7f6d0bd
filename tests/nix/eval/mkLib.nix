{ library }:
let
  pkgs.stdenv.hostPlatform.system = "aarch64-linux";
  arguments = {
    source.huggingface.repo = "org/name";
    hash = "";
  };
  pinned = import ../../../nix/lib {
    currentSystem = null;
    pkgsFor = system: import ../nixpkgs-stub { inherit system; };
  };
in
{
  isNixpkgsFreeWithABuilder = {
    expr =
      (
        (library.mkLib {
          system = "x86_64-linux";
          builder = "/builder";
        }).fetchModel
        arguments
      ).drvPath == (library.fetchModel arguments).drvPath;
    expected = true;
  };
  takesTheSystemOfPkgs = {
    expr =
      (
        (library.mkLib {
          inherit pkgs;
          builder = "/builder";
        }).fetchModel
        arguments
      ).system;
    expected = "aarch64-linux";
  };
  buildsTheBuilderFromPkgs = {
    expr =
      let
        model = (pinned.mkLib { system = "x86_64-darwin"; }).fetchModel arguments;
      in
      [
        model.system
        (builtins.match ".*-nix-ai-model-builder-[0-9.]+/bin/nix-ai-model-builder" model.builder != null)
      ];
    expected = [
      "x86_64-darwin"
      true
    ];
  };
  showsThePublicFunctionsAlone = {
    expr = builtins.attrNames (
      library.mkLib {
        system = "x86_64-linux";
        builder = "/builder";
      }
    );
    expected = [ "fetchModel" ];
  };
}
