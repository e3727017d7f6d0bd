# attributes → derivation. The only call of `builtins.derivation`: our own
# builder, structured attributes, no shell and no stdenv.
{ system, builder }:
attributes:
builtins.derivation (
  {
    inherit system;
    builder = "${builder}/bin/nix-ai-model-builder";
    args = [ ];
    __structuredAttrs = true;
    # Moving the inputs to another machine costs more than the work.
    preferLocalBuild = true;
  }
  // attributes
)
