//! Builds guests from source into plugin components. For build scripts.
//!
//! The guest is compiled for `wasm32-unknown-unknown` by the cargo that runs,
//! into a target folder of its own (the outer one is locked), made a component
//! by wit-component, and given its manifest as a custom section.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a part of build scripts"
)]

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wit_component::ComponentEncoder;

/// The target that guests are compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
/// The target whose linker makes components, which import WASI.
const WASI_TARGET: &str = "wasm32-wasip2";
/// The custom section that holds the manifest.
const SECTION: &str = "nix-ai-model:manifest";

/// A folder of components that were built before. Packages that build several
/// programs set it, so that all embed the same bytes.
const PREBUILT: &str = "NIX_AI_MODEL_PLUGINS";

/// Why a guest could not be built, fit to be shown.
#[derive(Debug)]
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

/// What a guest's machine code is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optimise {
    /// Little of it: it is compiled and loaded quickly.
    Size,
    /// Much work.
    Speed,
}

impl Optimise {
    /// Cargo's name for it.
    fn level(self) -> &'static str {
        match self {
            Self::Size => "s",
            Self::Speed => "3",
        }
    }
}

/// Builds the workspace member `package` with the manifest at `manifest`, and
/// writes the component to `$OUT_DIR/{package}.wasm`.
///
/// # Errors
/// Says what is missing: the target, the package, or a valid component.
pub fn build(
    workspace: &Path,
    package: &str,
    manifest: &Path,
    optimise: Optimise,
) -> Result<PathBuf, Failed> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let path = out.join(format!("{package}.wasm"));
    println!("cargo::rerun-if-env-changed={PREBUILT}");
    if let Some(folder) = env::var_os(PREBUILT) {
        let component = read(&Path::new(&folder).join(format!("{package}.wasm")))?;
        return write(path, &component);
    }
    let core = compile(workspace, package, TARGET, &out.join("guests"), optimise)?;
    let core = read(&core)?;
    let manifest = read(manifest)?;
    let mut component = ComponentEncoder::default()
        .validate(true)
        .module(&core)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| Failed(format!("{package} does not make a component: {error:#}")))?;
    append(&mut component, &manifest);
    write(path, &component)
}

/// As [`build`], by the ordinary tool for `wasm32-wasip2`: the component imports
/// WASI.
///
/// # Errors
/// As [`build`].
pub fn build_with_wasi(
    workspace: &Path,
    package: &str,
    manifest: &Path,
) -> Result<PathBuf, Failed> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let built = compile(workspace, package, WASI_TARGET, &out.join("guests"), Optimise::Size)?;
    let mut component = read(&built)?;
    append(&mut component, &read(manifest)?);
    write(out.join(format!("{package}.wasm")), &component)
}

/// Appends the manifest's custom section to a component.
pub fn append(component: &mut Vec<u8>, manifest: &[u8]) {
    use wasm_encoder::{ComponentSection as _, CustomSection};
    let section = CustomSection { name: SECTION.into(), data: manifest.into() };
    section.append_to_component(component);
}

fn compile(
    workspace: &Path,
    package: &str,
    target: &str,
    target_dir: &Path,
    optimise: Optimise,
) -> Result<PathBuf, Failed> {
    check_target(target)?;
    let mut cargo = Command::new(variable("CARGO")?);
    cargo
        .current_dir(workspace)
        .args([
            "build",
            "--locked",
            "--release",
            "--target",
            target,
            "--package",
            package,
            "--target-dir",
        ])
        .arg(target_dir)
        // The outer build's flags are for another target. The same source
        // makes the same component wherever it lies.
        .env("CARGO_ENCODED_RUSTFLAGS", remapped(workspace)?)
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("CARGO_BUILD_TARGET")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimise.level())
        .env("CARGO_PROFILE_RELEASE_LTO", "true")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo");
    let output =
        cargo.output().map_err(|error| Failed(format!("cargo does not start: {error}")))?;
    if !output.status.success() {
        return Err(Failed(format!(
            "{package} does not build:\n{}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    let name = format!("{}.wasm", package.replace('-', "_"));
    Ok(target_dir.join(target).join("release").join(name))
}

/// Flags that keep this machine's folders out of panic messages.
fn remapped(workspace: &Path) -> Result<String, Failed> {
    let workspace = fs::canonicalize(workspace)
        .map_err(|error| Failed(format!("{}: {error}", workspace.display())))?;
    let home = env::var("CARGO_HOME").or_else(|_| variable("HOME").map(|home| home + "/.cargo"))?;
    Ok(format!(
        "--remap-path-prefix={}=.\u{1f}--remap-path-prefix={home}=cargo",
        workspace.display()
    ))
}

/// One clear message instead of `can't find crate for core`.
fn check_target(target: &str) -> Result<(), Failed> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .map_err(|error| Failed(format!("rustc does not start: {error}")))?;
    let libraries = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&libraries).is_dir() {
        return Ok(());
    }
    Err(Failed(format!(
        "the Rust target that plugins are compiled for is missing; install it with\n\n    rustup target add {target}\n"
    )))
}

fn variable(name: &str) -> Result<String, Failed> {
    env::var(name).map_err(|_| Failed(format!("{name} is not set; this runs in a build script")))
}

fn write(path: PathBuf, bytes: &[u8]) -> Result<PathBuf, Failed> {
    fs::write(&path, bytes).map_err(|error| Failed(format!("{}: {error}", path.display())))?;
    Ok(path)
}

fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_target_is_one_clear_message() {
        let failed = check_target("wasm32-that-nobody-has").expect_err("there is no such target");
        assert!(failed.0.contains("rustup target add wasm32-that-nobody-has"), "{failed}");
        assert!(check_target(TARGET).is_ok());
    }
}
