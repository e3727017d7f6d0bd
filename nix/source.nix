# What the Rust packages are built from, and no more: an edited page or Nix file
# builds nothing anew.
let
  root = toString ./..;
  wanted = [
    "Cargo.lock"
    "Cargo.toml"
    "LICENSE"
    "host"
    "plugins"
    "scan"
    "sdk"
    "tests"
    "wit"
    "xtask"
  ];
in
builtins.path {
  name = "nix-ai-model-source";
  path = ./..;
  filter =
    path: _:
    let
      below = builtins.substring (builtins.stringLength root + 1) (builtins.stringLength path) path;
    in
    builtins.elem (builtins.head (builtins.split "/" below)) wanted && below != "tests/nix";
}
