//! A user, a hub, and the real command line between them.
#![allow(clippy::disallowed_methods, reason = "tests look at what programs left behind")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod nix;
pub mod plugins;

use std::path::{Path, PathBuf};

use nix_ai_model_testkit::{
    Environment, Fixture, Hub, HubBuilder, Program, Repository, Run, workspace_root,
};
use serde_json::Value;
use tempfile::TempDir;

/// The token that the hub grants everything to.
pub const TOKEN: &str = "hf_e2eSecretTokenThatMustNotShow";

/// The command line as it was last built.
///
/// # Panics
/// Where it was not built.
pub fn binary() -> PathBuf {
    let path = workspace_root().join("target/debug/nix-ai-model");
    assert!(path.exists(), "build it first: cargo build -p nix-ai-model, or run cargo xtask test");
    path
}

/// A user with a home of their own, and a hub that serves one made-up model.
pub struct Scene {
    /// What the hub serves as `org/name`.
    pub fixture: Fixture,
    /// The user's surroundings.
    pub environment: Environment,
    /// The hub.
    pub hub: Hub,
    folder: TempDir,
}

impl Scene {
    /// A hub with a small model.
    pub fn new() -> Self {
        Self::with(Fixture::small_model())
    }

    /// A hub with this model.
    pub fn with(fixture: Fixture) -> Self {
        Self::serving(fixture, |repository| repository, HubBuilder::without_cdn)
    }

    /// A hub with this model, made as the functions say.
    ///
    /// # Panics
    /// Where a folder or port is not to be had.
    pub fn serving(
        fixture: Fixture,
        repository: impl FnOnce(Repository) -> Repository,
        hub: impl FnOnce(HubBuilder) -> HubBuilder,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        fixture.write_to(&folder.path().join("main")).unwrap();
        let served = repository(Repository::model("org/name", folder.path().join("main")));
        let hub = hub(Hub::builder().token(TOKEN).repository(served)).start().unwrap();
        let mut environment = Environment::new().unwrap();
        environment.set("HF_ENDPOINT", hub.url());
        Self { fixture, environment, hub, folder }
    }

    /// The command line with these arguments.
    pub fn cli<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Program {
        self.environment.program(binary()).args(arguments)
    }

    /// Runs `prefetch` of the model into [`Scene::out`], with more arguments.
    ///
    /// # Panics
    /// Where the program does not start.
    pub fn prefetch<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> Run {
        let out = self.out();
        let fixed = ["prefetch", "huggingface:org/name", "--out", out.to_str().unwrap()];
        self.cli(fixed).args(more).run().unwrap()
    }

    /// Where [`Scene::prefetch`] puts the model.
    pub fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// Bytes of partials in the user's cache.
    pub fn partials(&self) -> u64 {
        size_of(&self.environment.cache().join("nix-ai-model/partials"))
    }
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes of all files below a folder, partials of other processes included.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Standard output as JSON.
///
/// # Panics
/// Where it is none.
pub fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Checks what every failure keeps to: the code, one error, a hint, nothing on
/// standard output, no token and no raw control characters.
///
/// # Panics
/// Where it does not.
pub fn assert_failed(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "signal {:?}: {}", run.signal, run.stderr);
    assert_eq!(run.stdout, "", "a failure has no result");
    let errors = run.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 1, "one clear error: {}", run.stderr);
    assert!(run.stderr.contains("\n  hint: "), "it says what to do next: {}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains(TOKEN), "a token shows: {}", run.stderr);
    assert!(!run.stderr.contains('\u{1b}'), "a control character shows: {}", run.stderr);
}
