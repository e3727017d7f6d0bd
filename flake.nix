{
  description = "AI models as reproducible, verified, cacheable Nix derivations";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      forSystems = nixpkgs.lib.genAttrs systems;
      pkgsFor = system: nixpkgs.legacyPackages.${system};
      products = forSystems (system: import ./. { pkgs = pkgsFor system; });
      library = import ./nix/lib { inherit pkgsFor; };
    in
    {
      lib = {
        inherit (library) mkLib;
        fetchModel = library.fetchModelAnywhere;
        # forSystem.x86_64-linux.fetchModel { … }
        forSystem = forSystems (system: products.${system}.lib);
      };

      overlays.default =
        final: _:
        let
          product = import ./. { pkgs = final; };
        in
        product.packages // { nix-ai-models = product.lib; };

      packages = forSystems (
        system:
        let
          inherit (products.${system}) packages;
        in
        packages // { default = packages.nix-ai-model; }
      );

      checks = forSystems (
        system:
        import ./nix/checks {
          pkgs = pkgsFor system;
          product = products.${system};
          source = self;
        }
      );

      devShells = forSystems (system: {
        default = (pkgsFor system).callPackage ./nix/devShell.nix { };
      });

      formatter = forSystems (system: (pkgsFor system).nixfmt-tree);
    };
}
