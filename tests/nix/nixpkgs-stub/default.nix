# A stand-in for nixpkgs where there is no network. With it `nix flake check`
# evaluates every output of this project, and that is all it proves: a
# derivation of the stub builds to a file that says what it would have done.
# Nothing is compiled and no command is run. A name or an argument that this
# project uses and the stub lacks is an evaluation error, so the list below is
# also the list of what is used of nixpkgs.
{
  system ? builtins.currentSystem,
}:
let
  lib = import ./lib.nix;

  # A file with this text, by Nix's own built-in builder, which needs no shell.
  file =
    name: text:
    let
      # What the text names is not built: it is of the stub, too.
      plain = builtins.unsafeDiscardStringContext text;
    in
    derivation {
      inherit name;
      system = "builtin";
      builder = "builtin:fetchurl";
      url = "file://${builtins.toFile name plain}";
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = builtins.hashString "sha256" plain;
    };

  # What would be built, every argument of it evaluated.
  recorded =
    name: arguments:
    file "stub-of-${name}" "not built, by a stub of nixpkgs: ${builtins.toJSON arguments}\n"
    // {
      meta = arguments.meta or { };
    };

  tool = name: recorded name { };

  buildRustPackage =
    { pname, version, ... }@arguments:
    assert builtins.pathExists arguments.cargoLock.lockFile;
    recorded "${pname}-${version}" arguments;

  pkgs = {
    inherit lib;
    stdenv.hostPlatform = {
      inherit system;
      isLinux = builtins.match ".*-linux" system != null;
    };

    callPackage =
      path: overrides:
      let
        function = import path;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) pkgs // overrides);

    rustPlatform = {
      inherit buildRustPackage;
    };
    pkgsStatic.rustPlatform = {
      inherit buildRustPackage;
    };
    mkShell = recorded "nix-shell";
    runCommand =
      name: environment: script:
      recorded name (environment // { inherit script; });
    writeText = file;
    runtimeShell = "${tool "bash"}/bin/bash";
  }
  // builtins.listToAttrs (
    map
      (name: {
        inherit name;
        value = tool name;
      })
      [
        "cargo"
        "cargo-nextest"
        "clippy"
        "deadnix"
        "installShellFiles"
        "lld"
        "nixfmt"
        "nixfmt-tree"
        "rustc"
        "rustfmt"
      ]
  );
in
pkgs
