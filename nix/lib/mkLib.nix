# { system, pkgs, builder, commandLine, plugins }, all optional → the library for
# that system. Without `builder` and `commandLine` they come from `pkgs`, or from
# the nixpkgs that this flake pins.
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
      commandLine = types.package;
      plugins = types.plugins;
    };
  } arguments;
  system = chooseSystem given;
  hasPkgs = given ? pkgs || pkgsFor != null;
  inherit (import ../.. { pkgs = given.pkgs or (pkgsFor system); }) packages;
  builder =
    given.builder or (
      if hasPkgs then
        packages.nix-ai-model-builder
      else
        throw "mkLib: \"builder\" or \"pkgs\" is missing: nothing says where the builder comes from"
    );
  commandLine = given.commandLine or (if hasPkgs then packages.nix-ai-model else null);
  wired = import ./. {
    inherit
      system
      builder
      commandLine
      pkgsFor
      currentSystem
      ;
  };
in
builtins.seq system {
  inherit (wired.withPlugins "mkLib: plugins" (given.plugins or { })) fetchModel;
}
