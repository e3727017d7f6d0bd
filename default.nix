# The product, from a nixpkgs: the packages, and the library wired to the
# builder among them.
#
#     nix-build -A packages.nix-ai-model
{
  pkgs ? import <nixpkgs> { },
}:
let
  # Packages may ask for each other, the source and its version.
  call =
    file: pkgs.callPackage file (builtins.intersectAttrs (builtins.functionArgs (import file)) scope);
  scope = packages // {
    source = import ./nix/source.nix;
    inherit ((builtins.fromTOML (builtins.readFile ./Cargo.toml)).workspace.package) version;
  };

  packages = builtins.listToAttrs (
    map (file: {
      name = builtins.head (builtins.match "(.*)[.]nix" file);
      value = call (./nix/packages + "/${file}");
    }) (builtins.attrNames (builtins.readDir ./nix/packages))
  );
in
{
  inherit packages;

  lib = (import ./nix/lib { }).mkLib {
    inherit pkgs;
    builder = packages.nix-ai-model-builder;
    commandLine = packages.nix-ai-model;
  };
}
