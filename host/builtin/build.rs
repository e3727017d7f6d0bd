//! Builds the plugins that are embedded.

use std::path::Path;
use std::process::ExitCode;

use nix_ai_model_guest_build::Optimise;

/// Their folders below `plugins`, and what they are optimised for: a scanner
/// goes over many bytes, a source over one answer.
const PLUGINS: [(&str, Optimise); 7] = [
    ("code-scan", Optimise::Speed),
    ("git-lfs", Optimise::Size),
    ("huggingface", Optimise::Size),
    ("mlflow", Optimise::Size),
    ("model-scan", Optimise::Speed),
    ("ollama", Optimise::Size),
    ("pickle-scan", Optimise::Speed),
];

fn main() -> ExitCode {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for watched in ["plugins", "scan", "sdk", "wit", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    for (name, optimise) in PLUGINS {
        let manifest = workspace.join("plugins").join(name).join("plugin.toml");
        let package = format!("nix-ai-model-plugin-{name}");
        if let Err(failed) =
            nix_ai_model_guest_build::build(&workspace, &package, &manifest, optimise)
        {
            println!("cargo::error={}", failed.to_string().trim().replace('\n', "\ncargo::error="));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
