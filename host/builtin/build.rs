//! Builds the plugins that are embedded.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for watched in ["plugins", "sdk", "wit", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    let manifest = workspace.join("plugins/huggingface/plugin.toml");
    match nix_ai_model_guest_build::build(&workspace, "nix-ai-model-plugin-huggingface", &manifest)
    {
        Ok(_) => ExitCode::SUCCESS,
        Err(failed) => {
            println!("cargo::error={}", failed.to_string().trim().replace('\n', "\ncargo::error="));
            ExitCode::FAILURE
        }
    }
}
