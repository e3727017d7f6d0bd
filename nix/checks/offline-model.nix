# A model made by the packaged builder from files that are here: what
# `fetchModel` does once the bytes have come.
{ pkgs, product, ... }:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  library = import ../lib {
    inherit system;
    builder = product.packages.nix-ai-model-builder;
  };
  config = builtins.toFile "config.json" "{}\n";
  model = library.assemble {
    name = "offline-model";
    parts."sub/config.json" = config;
    metadata = {
      name = "offline-model";
      version = null;
      source = "url:file";
      hash = null;
      fetchedAt = null;
    };
  };
in
pkgs.runCommand "offline-model-check" { } ''
  cmp ${model}/sub/config.json ${config}
  test -s ${model}/.nix-ai-model-meta.json
  touch $out
''
