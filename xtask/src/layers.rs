//! The arrows between the crates, held against what cargo knows of them.

mod rooms;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::fault::{Fault, Result};
use crate::project::{MUSL, Project};

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// A crate of the workspace.
#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `None`, `dev` or `build`.
    kind: Option<String>,
}

/// Compares `cargo metadata` with the rooms, and says every arrow that is not
/// on the map.
pub(crate) fn check(project: &Project) -> Result<()> {
    let metadata = project.cargo().args(["metadata", "--format-version", "1", "--no-deps"]);
    let metadata: Metadata = serde_json::from_str(&metadata.quietly()?)
        .map_err(|error| Fault::new(format!("cargo metadata: {error}")))?;
    let mut found = violations(&metadata);
    found.extend(compiler_in_builder(project)?);
    if found.is_empty() {
        println!("layers: {} crates keep to their rooms", metadata.packages.len());
        return Ok(());
    }
    let list = found.join("\n  ");
    Err(Fault::new(format!(
        "crates leave their rooms:\n  {list}\nThe map is in ARCHITECTURE.md and xtask/src/layers/rooms.rs."
    )))
}

fn violations(metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut found = Vec::new();
    for package in &metadata.packages {
        let Some(may_see) = rooms::seen_by(&package.name) else {
            found.push(format!("{} has no room", package.name));
            continue;
        };
        for Dependency { name, kind } in &package.dependencies {
            let (name, in_tests) = (name.as_str(), kind.as_deref() == Some("dev"));
            let for_tests = in_tests && rooms::FOR_TESTS.contains(&name);
            if ours.contains(name) && !may_see.contains(&name) && !for_tests {
                found.push(format!("{} may not see {name}", package.name));
            }
            // Tests may use what they like from outside.
            let Some(holders) = rooms::holders_of(name).filter(|_| !in_tests) else { continue };
            if !holders.contains(&package.name.as_str()) {
                let holders = holders.join(", ");
                found.push(format!("{} may not use {name}; {holders} may", package.name));
            }
        }
    }
    found
}

/// The builder loads what was compiled ahead; a compiler in it is 20 MB of
/// attack surface.
fn compiler_in_builder(project: &Project) -> Result<Option<String>> {
    let tree = project.cargo().args(["tree", "--locked", "--package", "nix-ai-model-builder"]);
    let tree = tree.args(["--target", MUSL, "--edges", "normal", "--prefix", "none"]).quietly()?;
    let compiler = tree.lines().find(|line| line.starts_with("cranelift-codegen "));
    Ok(compiler.map(|line| format!("nix-ai-model-builder links a compiler, {line}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is what is wanted")]

    use super::{Metadata, violations};

    fn found(package: &str, dependency: &str, kind: &str) -> Vec<String> {
        let metadata = format!(
            r#"{{"packages": [
                {{"name": "{package}", "dependencies": [{{"name": "{dependency}", "kind": {kind}}}]}},
                {{"name": "nix-ai-model-store", "dependencies": []}},
                {{"name": "nix-ai-model-testkit", "dependencies": []}},
                {{"name": "nix-ai-model-plugin-new", "dependencies": []}}
            ]}}"#
        );
        violations(&serde_json::from_str::<Metadata>(&metadata).unwrap())
    }

    #[test]
    fn an_arrow_on_the_map_is_fine() {
        assert!(found("nix-ai-model-wiring", "nix-ai-model-store", "null").is_empty());
        assert!(found("nix-ai-model-net", "nix-ai-model-testkit", r#""dev""#).is_empty());
        assert!(found("nix-ai-model-net", "reqwest", "null").is_empty());
        assert!(found("nix-ai-model-net", "serde", "null").is_empty());
        assert!(found("nix-ai-model-core", "reqwest", r#""dev""#).is_empty());
    }

    #[test]
    fn every_other_arrow_is_told() {
        let told = |package, dependency, kind| found(package, dependency, kind).len() == 1;
        assert!(told("nix-ai-model-net", "nix-ai-model-store", "null"));
        assert!(told("nix-ai-model-net", "nix-ai-model-store", r#""dev""#));
        assert!(told("nix-ai-model-net", "nix-ai-model-testkit", "null"));
        assert!(told("nix-ai-model", "nix-ai-model-plugin-new", r#""build""#));
        assert!(told("nix-ai-model-core", "reqwest", "null"));
        assert!(told("nix-ai-model-core", "wasmtime-wasi", "null"));
        assert!(told("a-crate-without-room", "serde", "null"));
    }
}
