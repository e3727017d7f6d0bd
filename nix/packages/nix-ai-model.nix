# The command line, and the plugins compiled ahead for this machine.
{
  lib,
  rustPlatform,
  installShellFiles,
  source,
  version,
  nix-ai-model-plugins,
}:
rustPlatform.buildRustPackage {
  pname = "nix-ai-model";
  inherit version;
  src = source;
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [ installShellFiles ];
  env.NIX_AI_MODEL_PLUGINS = "${nix-ai-model-plugins}";

  cargoBuildFlags = [
    "--package"
    "nix-ai-model"
  ];
  # The workspace's tests need a Nix and loopback servers: `cargo xtask test`.
  cargoTestFlags = [
    "--package"
    "nix-ai-model-core"
  ];

  postInstall = ''
    $out/bin/nix-ai-model plugin compile --to $out/lib/nix-ai-model/artefacts
    installShellCompletion --cmd nix-ai-model \
      --bash <($out/bin/nix-ai-model completions bash) \
      --fish <($out/bin/nix-ai-model completions fish) \
      --zsh <($out/bin/nix-ai-model completions zsh)
    $out/bin/nix-ai-model man > nix-ai-model.1
    installManPage nix-ai-model.1
  '';

  meta = {
    description = "Pins, verifies and fetches AI models for Nix";
    license = lib.licenses.asl20;
    mainProgram = "nix-ai-model";
  };
}
