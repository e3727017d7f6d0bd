# The checks of this folder, each named after its file, and the packages.
{
  pkgs,
  product,
  source,
}:
let
  files = removeAttrs (builtins.readDir ./.) [ "default.nix" ];
  checks = builtins.listToAttrs (
    map (file: {
      name = builtins.head (builtins.match "(.*)[.]nix" file);
      value = import (./. + "/${file}") { inherit pkgs product source; };
    }) (builtins.attrNames files)
  );
in
product.packages // checks
