# { system, pkgs, builder }, all optional → the library for that system. Without
# `builder` it comes from `pkgs`, or from the nixpkgs that this flake pins.
{
  checkFields,
  chooseSystem,
  currentSystem,
  pkgsFor,
  types,
}:
arguments:
let
  given = checkFields {
    where = "mkLib";
    fields = {
      system = types.text;
      pkgs = types.set;
      builder = types.package;
    };
  } arguments;
  system = chooseSystem given;
  pkgs =
    if given ? pkgs then
      given.pkgs
    else if pkgsFor != null then
      pkgsFor system
    else
      throw "mkLib: \"builder\" or \"pkgs\" is missing: nothing says where the builder comes from";
  builder = given.builder or (import ../.. { inherit pkgs; }).packages.nix-ai-model-builder;
  wired = import ./. {
    inherit
      system
      builder
      pkgsFor
      currentSystem
      ;
  };
in
builtins.seq system {
  inherit (wired) fetchModel;
}
