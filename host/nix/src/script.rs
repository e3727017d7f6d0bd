//! A script of the user's that works on a model's files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix_ai_model_core::Result;
use serde::{Deserialize, Serialize};

use crate::shell::{How, Shell};

/// A script, and the shell that takes it as `-c`'s argument.
#[derive(Debug, Clone)]
pub struct Script {
    shell: Shell,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptEnded {
    /// Its exit code; none where it was stopped.
    pub code: Option<i32>,
    /// How it ended, in words.
    pub how: String,
    /// The last lines that it wrote, escaped.
    pub lines: Vec<String>,
}

/// What came of a script, as a model's metadata tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScriptResult {
    /// The script's name.
    pub name: String,
    /// Whether it ended well.
    pub success: bool,
    /// Its exit code; none where it was stopped.
    pub exit_code: Option<i32>,
}

impl Script {
    /// A script that is waited for as long as it takes: Nix has limits of its
    /// own for builds.
    pub fn new(shell: impl Into<PathBuf>, script: impl Into<String>) -> Self {
        let (shell, command) = (shell.into(), script.into());
        Self { shell: Shell { shell, command, variables: Vec::new(), patience: None } }
    }

    /// Adds variables that it sees. It sees no others beside `PATH`.
    #[must_use]
    pub fn seeing(mut self, variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        self.shell.variables.extend(variables);
        self
    }

    /// Runs it on the files at `out`, which were those at `src`.
    ///
    /// # Errors
    /// Where the shell cannot be started.
    pub async fn run(&self, out: &Path, src: &Path) -> Result<ScriptEnded> {
        let mut shell = self.shell.clone();
        let told = [("out", out), ("src", src)];
        shell.variables.extend(told.map(|(name, path)| (name.to_owned(), path.into())));
        let ended = shell.run().await?;
        let code = if let How::Code(code) = ended.how { Some(code) } else { None };
        Ok(ScriptEnded { code, how: ended.how.words(), lines: ended.lines })
    }
}
