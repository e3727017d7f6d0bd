//! Builds the hostile guest from source, and the ones that are written as text.
#![allow(clippy::disallowed_methods, reason = "a build script")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nix_ai_model_guest_build::Optimise;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            println!("cargo::error={}", failed.to_string().trim().replace('\n', "\ncargo::error="));
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = own.join("../..");
    for watched in ["tests/guests", "sdk", "wit", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", workspace.join(watched).display());
    }
    let manifest = own.join("hostile/plugin.toml");
    let size = Optimise::Size;
    nix_ai_model_guest_build::build(&workspace, "nix-ai-model-hostile-guest", &manifest, size)?;
    let scanner = own.join("scanner/plugin.toml");
    nix_ai_model_guest_build::build(&workspace, "nix-ai-model-scanner-guest", &scanner, size)?;
    let wasi = own.join("wasi/plugin.toml");
    nix_ai_model_guest_build::build_with_wasi(&workspace, "nix-ai-model-wasi-guest", &wasi)?;

    let manifest = fs::read(manifest)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let text = own.join("text");
    let module = wat::parse_file(text.join("grows-table.wat"))?;
    let mut component = componentize(module.clone(), &workspace.join("wit"))?;
    fs::write(out.join("no-manifest.wasm"), &component)?;
    nix_ai_model_guest_build::append(&mut component, &manifest);
    fs::write(out.join("grows-table.wasm"), component)?;
    fs::write(out.join("core-module.wasm"), module)?;
    for name in
        ["unknown-import", "unknown-interface", "unfinished", "future-interface", "future-wasi"]
    {
        let mut component = wat::parse_file(text.join(format!("{name}.wat")))?;
        nix_ai_model_guest_build::append(&mut component, &manifest);
        fs::write(out.join(format!("{name}.wasm")), component)?;
    }
    for name in ["source-0.1.0", "scanner-0.1.0"] {
        let component = wat::parse_file(own.join(format!("frozen/{name}.wat")))?;
        fs::write(out.join(format!("{name}.wasm")), component)?;
    }
    Ok(())
}

/// Makes a component of a core module that exports the source world's names.
fn componentize(mut module: Vec<u8>, wit: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let world = resolve.select_world(&[package], Some("source"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().validate(true).module(&module)?.encode()?)
}
