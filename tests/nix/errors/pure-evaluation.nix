# expect: a pure evaluation has no current system
# expect: fetchModel { system = "x86_64-linux"; … }
# expect: mkLib
# expect: pkgs = pkgs
# expect: nix-ai-models.overlays.default
{ library }:
library.fetchModelAnywhere {
  source.huggingface.repo = "org/name";
  hash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
}
