//! Every row of the error matrix, its default and its choices, by real Nix with
//! the sandbox on.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

mod hashes;
mod network;
mod notices;
mod partials;

use std::path::{Path, PathBuf};

use nix_ai_model_e2e::nix::{Nix, Store, shell};
use nix_ai_model_e2e::{Scene, TOKEN};
use nix_ai_model_testkit::{Fixture, Program, Run};

const NO_DIFFERENCE: Vec<String> = Vec::new();
const WRONG: &str = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const MIB: u64 = 1 << 20;
const SIZE: u64 = 8 * MIB;
/// So much comes before a connection breaks.
const BROKEN: u64 = 5 * MIB;
const CACHE: &str = "NIX_AI_MODEL_CACHE_DIR";

/// A store with each version of Nix, and a folder that builds may be given.
struct Bench<'a> {
    scene: &'a Scene,
    store: &'a Store<'a>,
    shared: PathBuf,
}

fn each(test: &str, scene: impl Fn() -> Scene, run: impl Fn(&Bench<'_>)) {
    for nix in Nix::versions(test) {
        let scene = scene();
        let Some(store) = Store::new(test, &nix, &scene) else { continue };
        let shared = scene.environment.root().join("shared");
        std::fs::create_dir(&shared).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o1777);
        std::fs::set_permissions(&shared, mode).unwrap();
        run(&Bench { scene: &scene, store: &store, shared });
    }
}

/// One small file and a large one.
fn large() -> Scene {
    Scene::with(Fixture::new().file("config.json", "{}").pseudo_random("model.bin", SIZE))
}

impl Bench<'_> {
    fn hash(&self) -> String {
        let run = self.scene.cli(["prefetch", "hf:org/name", "--no-store"]).run().unwrap();
        let hash = run.succeeded().stdout.trim().to_owned();
        self.scene.hub.journal().clear();
        hash
    }

    /// Gives builds the shared folder, and a shell.
    fn share(&self) -> &str {
        let shared = self.shared.to_str().unwrap();
        self.store.allow(&[shared, &shell()]);
        shared
    }

    fn program(&self, attribute: &str, arguments: &str) -> Program {
        let arguments = self.store.model(attribute, arguments);
        self.store.program(["build", "--print-build-logs"]).args(arguments)
    }

    fn build(&self, arguments: &str) -> Run {
        self.program("raw", arguments).run().unwrap()
    }

    /// With the shared folder as the cache.
    fn cached(&self, arguments: &str) -> Run {
        self.program("raw", arguments).variable(CACHE, self.share()).run().unwrap()
    }

    fn requests(&self, part: &str) -> usize {
        self.scene.hub.journal().matching(|request| request.path().contains(part)).len()
    }

    fn kept(&self) -> u64 {
        bytes_below(&self.shared)
    }

    fn assert_right(&self) {
        let raw = self.store.output("raw");
        assert_eq!(self.scene.fixture.differences(&raw).unwrap(), NO_DIFFERENCE);
    }

    /// The next build goes on from what is kept.
    fn assert_resumes(&self, arguments: &str) {
        let kept = self.kept();
        assert!(kept >= BROKEN - MIB, "{kept} bytes are kept");
        self.scene.hub.heal();
        self.scene.hub.journal().clear();
        let _ = self.cached(arguments).succeeded();
        self.assert_right();
        let again = self.scene.hub.journal().bytes_sent("model.bin");
        // One block was being gathered and one written when it ended.
        assert!(again <= SIZE - (BROKEN - 2 * MIB), "{again} bytes were fetched again");
    }
}

fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => bytes_below(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}

fn arguments(hash: &str, more: &str) -> String {
    format!("{{ source.huggingface.repo = \"org/name\"; hash = \"{hash}\"; {more} }}")
}

fn on_failure(hash: &str, choices: &str) -> String {
    arguments(hash, &format!("onDownloadFailure = {{ {choices} }};"))
}

#[track_caller]
fn assert_says(run: &Run, words: &[&str]) {
    for word in words {
        assert!(run.stderr.contains(word), "\"{word}\" is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains(TOKEN), "a token shows: {}", run.stderr);
}

#[track_caller]
fn assert_failed(run: &Run, words: &[&str]) {
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_says(run, words);
}

/// The hash in SRI form, as the command line prints it.
fn sri(bytes: &[u8]) -> String {
    by_python("sha256", bytes)
}

fn sha512(bytes: &[u8]) -> String {
    by_python("sha512", bytes)
}

fn by_python(function: &str, bytes: &[u8]) -> String {
    let environment = nix_ai_model_testkit::Environment::new().unwrap();
    let script = "import base64,hashlib,sys\nd=hashlib.new(sys.argv[1],sys.stdin.buffer.read()).digest()\nprint(sys.argv[1]+'-'+base64.b64encode(d).decode())";
    let python = environment.program("python3").args(["-c", script, function]);
    python.input(bytes).run().unwrap().succeeded().stdout.trim().to_owned()
}
