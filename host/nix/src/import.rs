//! Takes a folder into the Nix store, by running Nix.
#![allow(clippy::disallowed_types, reason = "this is the NIX room; Nix is run here alone")]

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use tokio::process::Command;

use crate::store_path::check_name;

/// How much of what Nix says is shown, in lines.
const LINES: usize = 6;

/// A Nix store, reached through the program `nix-store`.
#[derive(Debug, Clone)]
pub struct NixStore {
    program: PathBuf,
    store: Option<String>,
}

impl NixStore {
    /// The store that Nix uses here, by the `nix-store` on the PATH.
    pub fn new() -> Self {
        Self { program: PathBuf::from("nix-store"), store: None }
    }

    /// Another store, as Nix's `--store` names it.
    #[must_use]
    pub fn at(self, store: impl Into<String>) -> Self {
        Self { store: Some(store.into()), ..self }
    }

    /// Another program.
    #[must_use]
    pub fn through(self, program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), ..self }
    }

    /// Copies the folder at the absolute path `folder` into the store, under
    /// its own name, and gives its store path: that of the fixed output with
    /// the same name and hash. Nix streams it, however large it is.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the name is none for a store path or the function
    /// is neither sha256 nor sha512, [`Kind::NotFound`] where there is no Nix,
    /// [`Kind::Disk`] with Nix's own words where it fails.
    pub async fn add(&self, folder: &Path, algorithm: Algorithm) -> Result<PathBuf> {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        check_name(name)?;
        if !folder.is_absolute() {
            return Err(Error::new(Kind::Usage, "only an absolute path is taken into the store"));
        }
        if !matches!(algorithm, Algorithm::Sha256 | Algorithm::Sha512) {
            let message = format!("{} is no hash function for a store path", algorithm.name());
            return Err(Error::new(Kind::Usage, message));
        }
        let mut command = Command::new(&self.program);
        if let Some(store) = &self.store {
            command.arg("--option").arg("store").arg(store);
        }
        command.arg("--add-fixed").arg("--recursive").arg(algorithm.name()).arg(folder);
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.map_err(|error| self.not_started(error))?;
        added(name, &output)
    }

    /// Makes sure that Nix can be started, before anything is downloaded for it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no Nix.
    pub async fn check(&self) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg("--version").stdin(Stdio::null()).kill_on_drop(true);
        command.output().await.map(|_| ()).map_err(|error| self.not_started(error))
    }

    fn not_started(&self, error: io::Error) -> Error {
        let program = escape(&self.program.to_string_lossy());
        let hint = "install Nix, or use --no-store or --out to do without its store";
        match error.kind() {
            io::ErrorKind::NotFound => {
                Error::new(Kind::NotFound, format!("there is no \"{program}\" on the PATH"))
            }
            _ => Error::new(Kind::Internal, format!("\"{program}\" could not be started"))
                .caused_by(error),
        }
        .with_hint(hint)
    }
}

impl Default for NixStore {
    fn default() -> Self {
        Self::new()
    }
}

/// The store path that Nix printed.
fn added(name: &str, output: &Output) -> Result<PathBuf> {
    let failed = |why: String| {
        Error::new(Kind::Disk, format!("Nix did not take \"{name}\" into its store: {why}"))
            .with_hint(
                "check that the store can be written and has room, or use --no-store or --out",
            )
    };
    if !output.status.success() {
        return Err(failed(words(&output.stderr).unwrap_or_else(|| output.status.to_string())));
    }
    let path = String::from_utf8_lossy(&output.stdout);
    let path = Path::new(path.trim_end());
    let named = path
        .file_name()
        .and_then(|last| last.to_str())
        .is_some_and(|last| last.ends_with(&format!("-{name}")));
    if path.is_absolute() && named {
        Ok(path.to_owned())
    } else {
        Err(failed("it printed no store path of that name".to_owned()))
    }
}

/// The last lines of what Nix said.
fn words(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<String> =
        said.lines().map(str::trim).filter(|line| !line.is_empty()).map(escape).collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    (!last.is_empty()).then(|| last.join("; "))
}
