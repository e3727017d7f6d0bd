{ library }:
let
  made = library.derive {
    name = "x";
    operation = "test";
  };
  unwired = import ../../../nix/lib {
    system = throw "the system was asked for";
    builder = throw "the builder was asked for";
  };
in
{
  runsTheBuilderWithStructuredAttributes = {
    expr = {
      inherit (made)
        system
        builder
        args
        __structuredAttrs
        operation
        ;
    };
    expected = {
      system = "x86_64-linux";
      builder = "/builder/bin/nix-ai-model-builder";
      args = [ ];
      __structuredAttrs = true;
      operation = "test";
    };
  };
  asksForNothingUntilItIsBuilt = {
    expr = (unwired.derive { name = "x"; }).name;
    expected = "x";
  };
  isTheOnlyCallOfDerivation = {
    expr =
      let
        folder = ../../../nix/lib;
        calls =
          file:
          builtins.match ".*[^a-zA-Z]derivation(Strict)? *[({].*" (builtins.readFile (folder + "/${file}"))
          != null;
      in
      builtins.filter calls (
        builtins.filter (file: builtins.match ".*[.]nix" file != null) (
          builtins.attrNames (builtins.readDir folder)
        )
      );
    expected = [ "derive.nix" ];
  };
}
