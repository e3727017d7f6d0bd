//! A command of the user's as a scanner.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix_ai_model_core::scan::{Finding, Level, ScannerIdentity};

use crate::shell::{Ended, How, Shell};

/// How long it may run.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Lines of what it said that a finding has.
const LINES: usize = 5;
/// The first exit code by which shells say that a command did not run, or was
/// stopped.
const NOT_RUN: i32 = 126;
/// Programs whose exit code 1 says that something was found, and others that
/// they could not scan.
const ONE_IS_FOUND: [&str; 2] = ["clamscan", "clamdscan"];
const ADVICE: &str =
    "Look at what the command says, and do not load the model before you know why.";

/// A command that looks at a folder: exit code 0 says that all is well, others
/// that it is not.
#[derive(Debug, Clone)]
pub struct CommandScanner {
    name: String,
    shell: Shell,
}

/// What a command looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The file or folder: `$out`.
    pub out: &'a Path,
    /// What findings call it.
    pub path: &'a str,
    /// The model's name: `$MODEL_NAME`.
    pub model: &'a str,
    /// Bytes of all files together: `$MODEL_SIZE`.
    pub size: u64,
}

impl CommandScanner {
    /// A command, and the shell that takes it as `-c`'s argument.
    pub fn new(name: &str, shell: impl Into<PathBuf>, command: impl Into<String>) -> Self {
        Self {
            name: format!("custom/{name}"),
            shell: Shell {
                shell: shell.into(),
                command: command.into(),
                variables: Vec::new(),
                patience: Some(PATIENCE),
            },
        }
    }

    /// Adds variables that it sees beside `PATH` and what it looks at. It sees
    /// no others.
    #[must_use]
    pub fn seeing(mut self, surroundings: Vec<(String, OsString)>) -> Self {
        self.shell.variables.extend(surroundings);
        self
    }

    /// Which scanner it is.
    pub fn identity(&self) -> ScannerIdentity {
        ScannerIdentity { name: self.name.clone(), version: None, sha256: None }
    }

    /// Runs it, for an hour at most, and says what it found. That it could not
    /// scan is a finding too.
    pub async fn scan(&self, subject: Subject<'_>) -> Option<Finding> {
        let mut shell = self.shell.clone();
        let told: [(&str, OsString); 3] = [
            ("out", subject.out.into()),
            ("MODEL_NAME", subject.model.into()),
            ("MODEL_SIZE", subject.size.to_string().into()),
        ];
        shell.variables.extend(told.map(|(name, value)| (name.to_owned(), value)));
        let (level, message) = match shell.run().await {
            Ok(Ended { how: How::Code(0), .. }) => return None,
            Ok(Ended { how, lines }) => (self.level(&how), said(&how.words(), &lines)),
            Err(error) => (Level::Unjudged, error.message().to_owned()),
        };
        Some(Finding {
            scanner: self.name.clone(),
            rule: self.name.clone(),
            level,
            path: subject.path.to_owned(),
            offset: None,
            member: None,
            message,
            advice: Some(ADVICE.to_owned()),
        })
    }

    fn level(&self, how: &How) -> Level {
        let program = self.shell.command.split_whitespace().next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        match how {
            How::Code(1) => Level::High,
            How::Code(_) if ONE_IS_FOUND.contains(&program) => Level::Unjudged,
            How::Code(code) if *code < NOT_RUN => Level::High,
            _ => Level::Unjudged,
        }
    }
}

/// How it ended, with the last lines that it wrote.
fn said(how: &str, lines: &[String]) -> String {
    let last = &lines[lines.len().saturating_sub(LINES)..];
    match last {
        [] => how.to_owned(),
        lines => format!("{how}, and said: {}", lines.join(" / ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
    use super::*;

    async fn found(command: &str) -> Option<Finding> {
        let subject = Subject { out: Path::new("/a b\"$(x)"), path: ".", model: "m", size: 17 };
        CommandScanner::new("own", "/bin/sh", command)
            .seeing(vec![("LANG".to_owned(), "C".into())])
            .scan(subject)
            .await
    }

    #[tokio::test]
    async fn it_knows_what_it_looks_at_and_no_secrets() {
        let found = found("echo \"$out|$MODEL_NAME|$MODEL_SIZE\"; /usr/bin/env | wc -l; exit 3");
        let message = found.await.unwrap().message;
        assert!(message.contains("/a b\"$(x)|m|17"), "{message}");
        // Ours, and PWD, SHLVL and _ where the shell sets them.
        let count: usize = message.rsplit(' ').next().unwrap().parse().unwrap();
        assert!((5..=9).contains(&count), "{message}");
    }

    #[tokio::test]
    async fn its_exit_code_decides() {
        assert_eq!(found("true").await, None);
        for (command, level) in [
            ("printf 'a\\033[31m\\n'; false", Level::High),
            ("exit 2", Level::High),
            ("/no/such/program", Level::Unjudged),
            ("kill -9 $$", Level::Unjudged),
            ("clamscan() { return 1; }; clamscan", Level::High),
        ] {
            let found = found(command).await.unwrap();
            assert_eq!((found.level, &*found.rule), (level, "custom/own"), "{command}");
            assert!(!found.message.contains('\u{1b}'));
        }
        for (code, level) in [(1, Level::High), (2, Level::Unjudged), (40, Level::Unjudged)] {
            let scanner =
                CommandScanner::new("own", "/bin/sh", "/nix/store/x/bin/clamscan -r $out");
            assert_eq!(scanner.level(&How::Code(code)), level);
        }
    }

    #[tokio::test]
    async fn it_is_not_waited_for_without_end() {
        let mut scanner = CommandScanner::new("own", "/bin/sh", "echo begun; sleep 600");
        scanner.shell.patience = Some(Duration::from_millis(300));
        let subject = Subject { out: Path::new("/"), path: ".", model: "m", size: 0 };
        let found = scanner.scan(subject).await.unwrap();
        assert_eq!(found.level, Level::Unjudged);
        assert!(found.message.contains("did not end within 0.3 s, and said: begun"), "{found:?}");
    }
}
