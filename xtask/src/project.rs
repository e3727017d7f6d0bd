//! Where things are: the project's folder, and `.local` in it, which holds all
//! that the commands make.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, Result};
use crate::process::Invocation;

/// The target that the builder is compiled for.
pub(crate) const MUSL: &str = "x86_64-unknown-linux-musl";
/// The target that plugins are compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// The target that authors of plugins build for.
pub(crate) const WASIP2: &str = "wasm32-wasip2";

/// The checkout that this binary was built from.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        Self { root: root.expect("xtask is a folder of the project").to_owned() }
    }

    /// A path of the project.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A path below `.local`.
    pub(crate) fn local(&self, path: &str) -> PathBuf {
        self.root.join(".local").join(path)
    }

    /// The same, as a folder that exists.
    pub(crate) fn local_folder(&self, path: &str) -> Result<PathBuf> {
        let folder = self.local(path);
        fs::create_dir_all(&folder).map_err(Fault::at(&folder))?;
        Ok(folder)
    }

    /// The chroot store: its paths read `/nix/store/…` and lie below it.
    pub(crate) fn store(&self) -> PathBuf {
        self.local("store")
    }

    /// Where a path of the chroot store lies in fact.
    pub(crate) fn in_store(&self, path: &str) -> PathBuf {
        self.store().join(path.trim_start_matches('/'))
    }

    /// The model that demo and tests serve, a whole repository.
    pub(crate) fn model(&self) -> PathBuf {
        self.local("hub/models/sentence-transformers/all-MiniLM-L6-v2")
    }

    /// A program that this project's `cargo build` made.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.target_folder().join("debug").join(name)
    }

    /// The folder of programs that are built to be released.
    pub(crate) fn released(&self) -> PathBuf {
        self.target_folder().join("release")
    }

    /// The builder, as cargo makes it.
    pub(crate) fn builder(&self) -> PathBuf {
        self.target_folder().join(MUSL).join("debug/nix-ai-model-builder")
    }

    /// A program to be run in the project's folder.
    pub(crate) fn run(&self, program: impl Into<PathBuf>) -> Invocation {
        Invocation::new(program.into()).folder(&self.root)
    }

    /// The cargo that runs this.
    pub(crate) fn cargo(&self) -> Invocation {
        self.run("cargo")
    }

    /// Nix with settings, store and caches of the project's own.
    pub(crate) fn nix(&self, program: &str) -> Invocation {
        let nix = self.run(program).without_env("NIX_REMOTE");
        let nix =
            self.nix_variables().iter().fold(nix, |nix, (name, value)| nix.hidden_env(name, value));
        nix.arg("--store").arg(self.store())
    }

    /// What keeps the machine's and the user's settings out of it.
    pub(crate) fn nix_variables(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("NIX_CONF_DIR", self.local("nix/conf")),
            ("NIX_USER_CONF_FILES", PathBuf::new()),
            ("NIX_PATH", PathBuf::new()),
            ("XDG_CACHE_HOME", self.local("nix/cache")),
        ]
    }

    fn target_folder(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }
}
