{
  description = "A stand-in for nixpkgs: evaluates, builds no packages";

  outputs =
    _:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      genAttrs =
        names: value:
        builtins.listToAttrs (
          map (name: {
            inherit name;
            value = value name;
          }) names
        );
    in
    {
      lib = import ./lib.nix // {
        inherit genAttrs;
      };
      legacyPackages = genAttrs systems (system: import ./. { inherit system; });
    };
}
