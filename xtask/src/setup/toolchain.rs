//! Targets and components of the Rust toolchain in use.

use std::path::PathBuf;

use super::say;
use crate::fault::{Fault, Result};
use crate::project::{MUSL, Project, WASIP2, WASM};

pub(super) fn install(project: &Project) -> Result<()> {
    let sysroot = PathBuf::from(project.run("rustc").args(["--print", "sysroot"]).quietly()?);
    let has_target = |target: &str| sysroot.join("lib/rustlib").join(target).join("lib").is_dir();
    let has_component = |program: &str| sysroot.join("bin").join(program).is_file();
    let targets: Vec<_> =
        [WASM, WASIP2, MUSL].into_iter().filter(|name| !has_target(name)).collect();
    let components: Vec<_> = [("clippy", "cargo-clippy"), ("rustfmt", "cargo-fmt")]
        .into_iter()
        .filter(|(_, program)| !has_component(program))
        .map(|(name, _)| name)
        .collect();
    if targets.is_empty() && components.is_empty() {
        say("rust", &format!("{WASM}, {WASIP2}, {MUSL}, clippy and rustfmt are there"));
        return Ok(());
    }
    if !targets.is_empty() {
        say("rust", &format!("adding {}", targets.join(", ")));
        rustup(project, &["target", "add"], &targets)?;
    }
    if !components.is_empty() {
        say("rust", &format!("adding {}", components.join(", ")));
        rustup(project, &["component", "add"], &components)?;
    }
    Ok(())
}

fn rustup(project: &Project, verb: &[&str], names: &[&str]) -> Result<()> {
    project.run("rustup").args(verb).args(names).run().map_err(|fault| {
        let names = names.join(", ");
        Fault::new(format!(
            "{fault}\nThis toolchain lacks {names}: install it from where the toolchain came from."
        ))
    })
}
