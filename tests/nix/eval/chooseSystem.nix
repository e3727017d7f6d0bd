{ library }:
let
  pkgs.stdenv.hostPlatform.system = "from-pkgs";
  impure = import ../../../nix/lib { currentSystem = "current"; };
in
{
  theNearestWordWins = {
    expr = map impure.chooseSystem [
      {
        inherit pkgs;
        system = "given";
      }
      { inherit pkgs; }
      { builder.system = "from-builder"; }
      { builder = "/a/path"; }
      { }
    ];
    expected = [
      "given"
      "from-pkgs"
      "from-builder"
      "current"
      "current"
    ];
  };
  pureEvaluationHasNoSystem = {
    expr = (builtins.tryEval (library.chooseSystem { })).success;
    expected = false;
  };
}
