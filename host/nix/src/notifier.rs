//! The user's own command that hears of a failure.

use std::path::PathBuf;
use std::time::Duration;

use nix_ai_model_core::{Error, Kind, Result};

use crate::shell::{Ended, How, Shell};

/// How long it may run.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a command of the user's in a shell, which learns what happened by
/// variables.
#[derive(Debug, Clone)]
pub struct Notifier {
    shell: PathBuf,
    command: String,
    surroundings: Vec<(String, String)>,
    patience: Duration,
}

impl Notifier {
    /// A command, and the shell that takes it as `-c`'s argument.
    pub fn new(shell: impl Into<PathBuf>, command: impl Into<String>) -> Self {
        Self {
            shell: shell.into(),
            command: command.into(),
            surroundings: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// Adds variables that it sees beside `PATH` and what happened. It sees no
    /// others.
    #[must_use]
    pub fn seeing(self, surroundings: Vec<(String, String)>) -> Self {
        Self { surroundings, ..self }
    }

    /// Runs it with `MODEL_NAME`, `MODEL_ERROR`, `MODEL_ERROR_KIND` and
    /// `MODEL_EXIT_CODE`, for a minute at most, and gives the lines that it
    /// wrote, escaped. What it started is stopped with it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such shell; [`Kind::Internal`] where
    /// it fails or takes too long, with the last of its lines.
    pub async fn tell(&self, model: &str, error: &Error) -> Result<Vec<String>> {
        let told = [
            ("MODEL_NAME", model.to_owned()),
            ("MODEL_ERROR", error.message().to_owned()),
            ("MODEL_ERROR_KIND", error.kind().name().to_owned()),
            ("MODEL_EXIT_CODE", error.kind().exit_code().to_string()),
        ];
        let seen = self.surroundings.iter().map(|(name, value)| (name.clone(), value.into()));
        let told = told.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        let shell = Shell {
            shell: self.shell.clone(),
            command: self.command.clone(),
            variables: seen.chain(told).collect(),
            patience: Some(self.patience),
        };
        let Ended { how, lines } = shell.run().await?;
        match how {
            How::Code(0) => Ok(lines),
            How::Lost(error) => Err(failed("it was lost", &lines).caused_by(error)),
            how => Err(failed(&how.words(), &lines)),
        }
    }
}

fn failed(why: &str, lines: &[String]) -> Error {
    let last = lines.last().map(|line| format!("; the last that it said: {line}"));
    Error::new(Kind::Internal, format!("{why}{}", last.unwrap_or_default()))
        .with_hint("run the command by hand with the variables set")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]
    use super::*;

    fn failure() -> Error {
        Error::new(Kind::NotFound, "no $(touch /tmp/no) `file`; 'a' \"b\"")
    }

    async fn said(command: &str) -> Result<Vec<String>> {
        Notifier::new("/bin/sh", command).tell("m'; exit 9 #", &failure()).await
    }

    #[tokio::test]
    async fn what_happened_is_in_variables_and_never_run() {
        let lines =
            said("echo \"$MODEL_NAME|$MODEL_ERROR\"; echo $MODEL_ERROR_KIND $MODEL_EXIT_CODE >&2");
        assert_eq!(
            lines.await.unwrap(),
            ["m'; exit 9 #|no $(touch /tmp/no) `file`; 'a' \"b\"", "not-found 11"]
        );
    }

    #[tokio::test]
    async fn it_sees_what_it_is_given_and_nothing_else() {
        let notifier = Notifier::new("/bin/sh", "/usr/bin/env")
            .seeing(vec![("https_proxy".to_owned(), "http://p:1".to_owned())]);
        let mut names: Vec<String> = notifier
            .tell("m", &failure())
            .await
            .unwrap()
            .iter()
            .filter_map(|line| Some(line.split_once('=')?.0.to_owned()))
            .filter(|name| !["_", "PWD", "SHLVL", "OLDPWD"].contains(&name.as_str()))
            .collect();
        names.sort();
        let expected = [
            "MODEL_ERROR",
            "MODEL_ERROR_KIND",
            "MODEL_EXIT_CODE",
            "MODEL_NAME",
            "PATH",
            "https_proxy",
        ];
        assert_eq!(names, expected);
    }

    #[tokio::test]
    async fn a_command_that_fails_is_told_with_its_last_line() {
        let error = said("printf 'a\\033[31m\\n'; exit 7").await.unwrap_err();
        assert!(
            error.message().contains("exit code 7") && error.message().contains("a\\u{1b}[31m"),
            "{error}"
        );
        let error = Notifier::new("/nowhere/sh", "true").tell("m", &failure()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(error.message().contains("/nowhere/sh"), "{error}");
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_told() {
        let notifier = Notifier::new("/bin/sh", "echo begun; sleep 600");
        let hasty = Notifier { patience: Duration::from_millis(300), ..notifier };
        let error = hasty.tell("m", &failure()).await.unwrap_err();
        assert!(
            error.message().contains("did not end") && error.message().contains("begun"),
            "{error}"
        );
        // What was left in the background does not keep the streams open.
        assert_eq!(said("sleep 600 & echo done").await.unwrap(), ["done"]);
        assert_eq!(said("head -c 1000000 /dev/zero | tr '\\0' x").await.unwrap().len(), 1);
    }
}
