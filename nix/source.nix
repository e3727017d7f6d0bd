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
      name = builtins.head (builtins.match "${root}/([^/]*).*" path);
    in
    builtins.elem name wanted && path != "${root}/tests/nix";
}
