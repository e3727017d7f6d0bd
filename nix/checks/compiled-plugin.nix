# A plugin compiled by the packaged command line, as it is for `plugins`: under
# the very name by which the packaged builder finds its own.
{ pkgs, product, ... }:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  inherit (product.packages) nix-ai-model nix-ai-model-builder nix-ai-model-plugins;
  library = import ../lib {
    inherit system;
    builder = nix-ai-model-builder;
    commandLine = nix-ai-model;
  };
  compiled = library.compilePlugin "huggingface" {
    where = "compiled-plugin";
  } "${nix-ai-model-plugins}/nix-ai-model-plugin-huggingface.wasm";
in
pkgs.runCommand "compiled-plugin-check" { } ''
  test -n "$(ls ${compiled})"
  for artefact in ${compiled}/*; do
    test -s ${nix-ai-model-builder}/lib/nix-ai-model/artefacts/$(basename $artefact)
  done
  touch $out
''
