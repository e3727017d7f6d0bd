//! A user of plugins of third parties.

use std::fs;
use std::path::{Path, PathBuf};

use nix_ai_model_test_guests::HOSTILE;
use nix_ai_model_testkit::{Environment, Program, Run};
use serde_json::Value;

use crate::{binary, json};

/// A manifest for the hostile guest.
pub const MANIFEST: &str = r#"
name = "my-registry"
version = "1.0.0"
kind = "source"
interface = "0.1"
description = "Models of a registry of ours."
license = "Apache-2.0"
http = ["https://allowed.example"]
download = ["https://*.files.example"]

[[credential]]
handle = "token"
variables = ["MY_REGISTRY_TOKEN"]
audience = "https://allowed.example"
inject = "bearer"
"#;

/// All that [`MANIFEST`] asks for.
pub const ALL: [&str; 8] = [
    "--yes",
    "--allow-unsigned",
    "--allow-http",
    "https://allowed.example",
    "--allow-download",
    "https://*.files.example",
    "--allow-credential",
    "token",
];

/// A user without any plugin.
pub struct User(pub Environment);

impl User {
    /// One with a home of their own.
    ///
    /// # Panics
    /// Where no folder is to be had.
    #[expect(clippy::new_without_default, reason = "it makes folders")]
    pub fn new() -> Self {
        Self(Environment::new().unwrap())
    }

    /// The command line with these arguments.
    pub fn cli(&self, arguments: &[&str]) -> Program {
        self.0.program(binary()).args(arguments.iter().copied())
    }

    /// Runs the command line.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.cli(arguments).run().unwrap()
    }

    /// A path in the home folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.home().join(name)
    }

    /// The hostile guest with this manifest, packed by the program itself.
    pub fn packed(&self, name: &str, manifest: &str) -> String {
        self.packed_of(HOSTILE, name, manifest)
    }

    /// A component with this manifest.
    ///
    /// # Panics
    /// Where it cannot be packed.
    pub fn packed_of(&self, component: &[u8], name: &str, manifest: &str) -> String {
        fs::write(self.path("component.wasm"), component).unwrap();
        fs::write(self.path("plugin.toml"), manifest).unwrap();
        self.run(&["plugin", "pack", "component.wasm", "-o", name]).succeeded();
        name.to_owned()
    }

    /// `plugin add`.
    pub fn add(&self, reference: &str, more: &[&str]) -> Run {
        self.run(&[&["plugin", "add", reference], more].concat())
    }

    /// `resolve` of a spec of `my-registry`.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn resolve(&self, mut fields: Value, more: &[&str]) -> Run {
        fields["source"] = "my-registry".into();
        let program = self.cli(&[&["resolve", "-", "--json"], more].concat());
        program.input(fields.to_string()).run().unwrap()
    }

    /// The names of what is installed.
    ///
    /// # Panics
    /// Where the list is none.
    pub fn installed(&self) -> Vec<String> {
        let listed = json(&self.run(&["plugin", "list", "--json"]).succeeded());
        let theirs =
            listed.as_array().unwrap().iter().filter(|plugin| plugin["from"] != "built-in");
        theirs.map(|plugin| plugin["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Every file of what is installed, with its bytes.
    pub fn store(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.path(".local/share/nix-ai-model/plugins"), &mut files);
        files.retain(|(path, _)| !path.ends_with(".lock"));
        files.sort();
        files
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match fs::read(&path) {
            Ok(bytes) => files.push((path, bytes)),
            Err(_) => collect(&path, files),
        }
    }
}
