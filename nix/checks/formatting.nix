# Every Nix file is as nixfmt leaves it, and names nothing it does not use.
{ pkgs, source, ... }:
pkgs.runCommand "formatting"
  {
    nativeBuildInputs = [
      pkgs.nixfmt
      pkgs.deadnix
    ];
  }
  ''
    find ${source} -name '*.nix' -exec nixfmt --check {} +
    deadnix --fail ${source}
    touch $out
  ''
