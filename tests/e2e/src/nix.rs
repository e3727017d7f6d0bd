//! Real Nix, in a store of the test's own.
#![allow(clippy::disallowed_types, reason = "tests run the real Nix")]

use std::path::{Path, PathBuf};
use std::process::Command;

use nix_ai_model_testkit::{Environment, Program, Run, skip, workspace_root};

use crate::{Scene, binary};

/// A single-user store with the sandbox on and nothing of the machine in it.
const SETTINGS: &str = "\
build-users-group =
substituters =
experimental-features = nix-command flakes
sandbox = true
";

/// One version of Nix.
pub struct Nix {
    program: PathBuf,
}

impl Nix {
    /// The versions that are here: the oldest that must work and the newest.
    /// One that is missing is a loud skip of `test`.
    pub fn versions(test: &str) -> Vec<Self> {
        let old =
            std::env::var_os("NIX_AI_MODEL_TEST_NIX").map(PathBuf::from).or_else(|| on_path("nix"));
        let new = std::env::var_os("NIX_AI_MODEL_TEST_NIX_NEW")
            .map(PathBuf::from)
            .or_else(|| Some(workspace_root().join(".local/nix/sid/root/usr/bin/nix")));
        [("Nix", old), ("the newer Nix", new)]
            .into_iter()
            .filter_map(|(which, program)| match program.filter(|program| program.exists()) {
                Some(program) => Some(Self { program }),
                None => {
                    skip(test, &format!("{which} is not here; cargo xtask test installs it"));
                    None
                }
            })
            .collect()
    }

    /// The folder of its programs.
    pub fn folder(&self) -> &Path {
        self.program.parent().unwrap()
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.exists())
}

/// A store with the project's builder in it.
pub struct Store<'a> {
    nix: &'a Nix,
    environment: &'a Environment,
    root: PathBuf,
    builder: String,
    command_line: Option<String>,
}

impl<'a> Store<'a> {
    /// A new store in the scene's folder; nothing, said loudly, where the
    /// builder's package was not made.
    ///
    /// # Panics
    /// Where Nix does not take the package.
    pub fn new(test: &str, nix: &'a Nix, scene: &'a Scene) -> Option<Self> {
        Self::within(test, nix, &scene.environment)
    }

    /// The same for a user without a hub.
    ///
    /// # Panics
    /// As [`Store::new`].
    pub fn within(test: &str, nix: &'a Nix, environment: &'a Environment) -> Option<Self> {
        let dist = std::env::var_os("NIX_AI_MODEL_TEST_DIST")
            .map_or_else(|| workspace_root().join(".local/dist"), PathBuf::from);
        if !dist.join("bin/nix-ai-model-builder").exists() {
            skip(test, "the builder's package is not here; cargo xtask dist makes it");
            return None;
        }
        let root = environment.root().join("store");
        let mut store = Self { nix, environment, root, builder: String::new(), command_line: None };
        store.settle("");
        store.builder = store.add("nix-ai-model-builder", &dist);
        Some(store)
    }

    /// The same with the command line beside the builder, for plugins that are
    /// compiled in a build. It is linked to the machine's C library, as the one
    /// of nixpkgs is to that of nixpkgs, so the sandbox gets that.
    ///
    /// # Panics
    /// As [`Store::new`].
    pub fn with_command_line(test: &str, nix: &'a Nix, scene: &'a Scene) -> Option<Self> {
        let mut store = Self::new(test, nix, scene)?;
        let package = scene.environment.root().join("nix-ai-model/bin");
        std::fs::create_dir_all(&package).unwrap();
        let stripped = package.join("nix-ai-model");
        let strip = Command::new("strip").arg(binary()).arg("-o").arg(stripped).status();
        assert!(strip.unwrap().success(), "strip is part of binutils");
        store.command_line = Some(store.add("nix-ai-model", package.parent().unwrap()));
        store.settle(&libraries(&binary()));
        Some(store)
    }

    /// Gives builds these paths, as `sandbox-paths` has them: a folder of the
    /// machine's, [`shell`].
    ///
    /// # Panics
    /// Where the settings cannot be written.
    pub fn allow(&self, sandbox_paths: &[&str]) {
        self.settle(&sandbox_paths.join(" "));
    }

    fn settle(&self, sandbox_paths: &str) {
        let conf = self.environment.root().join("conf");
        std::fs::create_dir_all(&conf).unwrap();
        let text = format!("{SETTINGS}sandbox-paths = {sandbox_paths}\n");
        std::fs::write(conf.join("nix.conf"), text).unwrap();
    }

    fn add(&self, name: &str, folder: &Path) -> String {
        let add = self.program(["store", "add-path", "--name", name]).arg(folder);
        add.run().unwrap().succeeded().stdout.trim().to_owned()
    }

    /// `nix` with these arguments.
    pub fn program<'b>(&self, arguments: impl IntoIterator<Item = &'b str>) -> Program {
        self.environment
            .program(&self.nix.program)
            .arg("--store")
            .arg(&self.root)
            .args(arguments)
            .variable("NIX_CONF_DIR", self.environment.root().join("conf"))
            .variable("NIX_PATH", "")
    }

    /// Builds `attribute` of the model that these arguments of `fetchModel` make.
    ///
    /// # Panics
    /// Where Nix does not start.
    pub fn build(&self, attribute: &str, arguments: &str) -> Run {
        let log = ["build", "--print-build-logs"];
        self.program(log).args(self.model(attribute, arguments)).run().unwrap()
    }

    /// The arguments of `nix build` that name `attribute` of a model.
    pub fn model(&self, attribute: &str, arguments: &str) -> Vec<String> {
        let expression = format!(
            "let lib = (import {}/nix/lib {{ }}).mkLib {{ system = builtins.currentSystem; \
             builder = builtins.storePath \"{}\"; {} }}; in {{ model = lib.fetchModel {arguments}; }}",
            workspace_root().display(),
            self.builder,
            self.command_line.as_ref().map_or_else(String::new, |path| format!(
                "commandLine = builtins.storePath \"{path}\";"
            )),
        );
        let link = self.link(attribute);
        let texts = [
            "--impure",
            "--expr",
            &expression,
            &format!("model{}", dotted(attribute)),
            "--out-link",
        ];
        texts.into_iter().map(str::to_owned).chain([link.display().to_string()]).collect()
    }

    /// Where the output of `attribute` is on disk.
    ///
    /// # Panics
    /// Where it was not built.
    pub fn output(&self, attribute: &str) -> PathBuf {
        let path = std::fs::read_link(self.link(attribute)).unwrap();
        self.on_disk(&path)
    }

    /// A store path's place on disk.
    ///
    /// # Panics
    /// Where it is none.
    pub fn on_disk(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap())
    }

    fn link(&self, attribute: &str) -> PathBuf {
        self.environment.root().join(format!("result-{attribute}"))
    }
}

impl Drop for Store<'_> {
    fn drop(&mut self) {
        // Store paths are read-only, and the next version of Nix gets a new store.
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(&self.root).status();
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

/// A shell at `/bin/sh`, as paths of a sandbox: some Nix gives builds one without
/// being asked, the one of Debian does not.
///
/// # Panics
/// Where the machine has none.
pub fn shell() -> String {
    let shell = Path::new("/bin/sh").canonicalize().unwrap();
    format!("/bin/sh={} {}", shell.display(), libraries(&shell))
}

/// The libraries that a program is linked to, as paths of a sandbox.
fn libraries(program: &Path) -> String {
    let output = Command::new("ldd").arg(program).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    let paths =
        paths.map(|path| format!("{path}={}", Path::new(path).canonicalize().unwrap().display()));
    paths.collect::<Vec<_>>().join(" ")
}

fn dotted(attribute: &str) -> String {
    if attribute == "model" { String::new() } else { format!(".{attribute}") }
}
