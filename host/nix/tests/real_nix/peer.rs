//! The installed Nix, with settings and a store of the test's own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub struct Nix {
    folder: PathBuf,
    home: tempfile::TempDir,
}

/// Nix's programs are in the folder of the `nix` that `NIX_AI_MODEL_TEST_NIX`
/// names, else on the PATH. Where there is none the test says so and is skipped.
pub fn nix() -> Option<Nix> {
    let named = std::env::var_os("NIX_AI_MODEL_TEST_NIX").map(PathBuf::from);
    let folder = named.map(|nix| nix.parent().unwrap().to_owned()).or_else(|| {
        std::env::split_paths(&std::env::var_os("PATH")?).find(|path| path.join("nix").exists())
    });
    let Some(folder) = folder else {
        skipped("there is no Nix to compare with");
        return None;
    };
    let home = tempfile::tempdir().unwrap();
    let settings = "build-users-group =\nsubstituters =\nsandbox = true\n\
                    experimental-features = nix-command flakes\n\
                    sandbox-paths = /bin /lib /lib64 /usr\n";
    std::fs::write(home.path().join("nix.conf"), settings).unwrap();
    Some(Nix { folder, home })
}

pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
    if let Some(path) = std::env::var_os("NIX_AI_MODEL_TEST_SKIPS") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "nix-ai-model-nix: {why}").unwrap();
    }
}

impl Nix {
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// The chroot store, whose paths are in `/nix/store` all the same.
    pub fn store(&self) -> String {
        self.home.path().join("store").to_str().unwrap().to_owned()
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn run(&self, name: &str, arguments: &[&str]) -> Output {
        Command::new(self.program(name))
            .args(arguments)
            .current_dir(self.folder())
            .env("NIX_CONF_DIR", self.folder())
            .env("HOME", self.folder())
            .env("NIX_STATE_DIR", self.home.path().join("state"))
            .output()
            .unwrap()
    }

    /// Standard output, without its newline, of a program that succeeds.
    pub fn answer(&self, name: &str, arguments: &[&str]) -> String {
        let output = self.run(name, arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }
}
