# name → pin → component → the folder of its compiled artefact. The builder has
# no compiler, so the command line is run: without a network, and in a
# derivation of its own, which is built once for all models.
{ derive, commandLine }:
name:
{ where, ... }:
component:
if commandLine == null then
  throw "${where}: nothing says where the command line comes from, which compiles plugins; give \"commandLine\" (the package nix-ai-model) or \"pkgs\""
else
  derive {
    name = "${name}-compiled";
    builder = "${commandLine}/bin/nix-ai-model";
    args = [
      "plugin"
      "compile"
      "${component}"
      "--to"
      (builtins.placeholder "out")
    ];
  }
