# The builder of the derivations: one static binary, so that a model's closure
# at build time is this and nothing else, and the compiled plugins that it loads
# (it has no compiler itself).
{
  lib,
  stdenv,
  rustPlatform,
  pkgsStatic,
  source,
  version,
  nix-ai-model,
  nix-ai-model-plugins,
}:
let
  # Linux through musl; macOS always links its system library.
  platform = if stdenv.hostPlatform.isLinux then pkgsStatic.rustPlatform else rustPlatform;
in
platform.buildRustPackage {
  pname = "nix-ai-model-builder";
  inherit version;
  src = source;
  cargoLock.lockFile = ../../Cargo.lock;

  env.NIX_AI_MODEL_PLUGINS = "${nix-ai-model-plugins}";

  cargoBuildFlags = [
    "--package"
    "nix-ai-model-builder"
    "--no-default-features"
  ];
  doCheck = false;

  # Copied, so that the builder does not bring the command line into closures.
  postInstall = ''
    mkdir -p $out/lib/nix-ai-model
    cp -r ${nix-ai-model}/lib/nix-ai-model/artefacts $out/lib/nix-ai-model/artefacts
  '';

  meta = {
    description = "The builder of nix-ai-model's derivations";
    license = lib.licenses.asl20;
    mainProgram = "nix-ai-model-builder";
  };
}
