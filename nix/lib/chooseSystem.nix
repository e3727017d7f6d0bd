# The system to build for: what was given, what `pkgs` or `builder` are for, or
# the evaluating machine's own where the evaluation is impure.
{ currentSystem }:
{
  system ? null,
  pkgs ? null,
  builder ? null,
  ...
}:
if system != null then
  system
else if pkgs != null then
  pkgs.stdenv.hostPlatform.system
else if builder ? system then
  builder.system
else if currentSystem != null then
  currentSystem
else
  throw ''
    nix-ai-models: a pure evaluation has no current system. Say which one in one of these ways:

        fetchModel { system = "x86_64-linux"; … }            (or pkgs = pkgs;)
        (mkLib { system = "x86_64-linux"; }).fetchModel { … }    (or pkgs = pkgs;)
        pkgs.nix-ai-models.fetchModel { … }    with the overlay nix-ai-models.overlays.default''
