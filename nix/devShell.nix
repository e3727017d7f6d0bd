# What the project is worked on with. Rustup's users have rust-toolchain.toml.
{
  mkShell,
  cargo,
  rustc,
  clippy,
  rustfmt,
  cargo-nextest,
  lld,
  nixfmt,
  deadnix,
}:
mkShell {
  packages = [
    cargo
    rustc
    clippy
    rustfmt
    cargo-nextest
    lld
    nixfmt
    deadnix
  ];
  env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = "lld";
}
