//! Builds the plugins that are embedded.

use std::path::Path;
use std::process::ExitCode;

/// Their folders below `plugins`.
const PLUGINS: [&str; 4] = ["git-lfs", "huggingface", "mlflow", "ollama"];

fn main() -> ExitCode {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for watched in ["plugins", "sdk", "wit", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    for name in PLUGINS {
        let manifest = workspace.join("plugins").join(name).join("plugin.toml");
        let package = format!("nix-ai-model-plugin-{name}");
        if let Err(failed) = nix_ai_model_guest_build::build(&workspace, &package, &manifest) {
            println!("cargo::error={}", failed.to_string().trim().replace('\n', "\ncargo::error="));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
