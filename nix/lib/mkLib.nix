# { system, pkgs, builder, commandLine, shell, plugins }, all optional → the
# library for that system. Without `builder`, `commandLine` and `shell` they come
# from `pkgs`, or from the nixpkgs that this flake pins.
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
      shell = types.absolutePath;
      plugins = types.plugins;
    };
  } arguments;
  system = chooseSystem given;
  hasPkgs = given ? pkgs || pkgsFor != null;
  pkgs = given.pkgs or (pkgsFor system);
  inherit (import ../.. { inherit pkgs; }) packages;
  builder =
    given.builder or (
      if hasPkgs then
        packages.nix-ai-model-builder
      else
        throw "mkLib: \"builder\" or \"pkgs\" is missing: nothing says where the builder comes from"
    );
  commandLine = given.commandLine or (if hasPkgs then packages.nix-ai-model else null);
  # Looked at only where a command is to be run.
  shell = given.shell or (if hasPkgs then pkgs.runtimeShell else null);
  wired = import ./. {
    inherit
      system
      builder
      commandLine
      shell
      pkgsFor
      currentSystem
      ;
  };
in
builtins.seq system {
  inherit (wired.withPlugins "mkLib: plugins" (given.plugins or { })) fetchModel;
}
