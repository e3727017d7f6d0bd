# The built-in plugins as components. Built once, natively: they are the same
# for every machine, the binaries embed exactly these bytes (compiled plugins
# are found by their digest), and a toolchain that compiles for another machine
# need not know WebAssembly.
{
  lib,
  rustPlatform,
  lld,
  source,
  version,
}:
rustPlatform.buildRustPackage {
  pname = "nix-ai-model-plugins";
  inherit version;
  src = source;
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [ lld ];
  # rustc of nixpkgs brings the target's library, but no linker for it.
  env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = "lld";

  cargoBuildFlags = [
    "--package"
    "nix-ai-model-builtin"
  ];
  doCheck = false;
  installPhase = ''
    runHook preInstall
    mkdir $out
    find target -path '*/build/nix-ai-model-builtin-*/out/nix-ai-model-plugin-*.wasm' -exec cp {} $out/ ';'
    test -n "$(ls $out)"
    runHook postInstall
  '';

  meta = {
    description = "The plugins that nix-ai-model comes with, as WebAssembly components";
    license = lib.licenses.asl20;
  };
}
