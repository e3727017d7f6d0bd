{ library }:
let
  sha256 = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
  arguments = {
    source.huggingface.repo = "org/name";
    hash = sha256;
  };
  fetchModel =
    wiring:
    (import ../../../nix/lib { currentSystem = null; }).fetchModelAnywhere (arguments // wiring);
in
{
  isTheWiredOne = {
    expr =
      (fetchModel {
        system = "x86_64-linux";
        builder = "/builder";
      }).drvPath == (library.fetchModel arguments).drvPath;
    expected = true;
  };
  takesTheSystemOfItsBuilder = {
    expr =
      (fetchModel {
        builder = {
          system = "aarch64-linux";
          outPath = "/builder";
        };
      }).system;
    expected = "aarch64-linux";
  };
  needsASystem = {
    expr =
      (builtins.tryEval (fetchModel {
        builder = "/builder";
      })).success;
    expected = false;
  };
}
