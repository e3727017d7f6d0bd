//! The user's own command that hears of a failure.

use std::ffi::OsString;
use std::time::Duration;

use nix_ai_model_core::{Error, Kind, Result};

use crate::shell::Shell;

/// How long it may run.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells a command of the user's what happened, by variables.
#[derive(Debug, Clone)]
pub struct Notifier {
    shell: Shell,
    command: String,
    surroundings: Vec<(String, String)>,
}

impl Notifier {
    /// A command, and the shell that runs it.
    pub fn new(shell: Shell, command: impl Into<String>) -> Self {
        Self { shell, command: command.into(), surroundings: Vec::new() }
    }

    /// Adds variables that it sees beside `PATH` and what happened.
    #[must_use]
    pub fn seeing(self, surroundings: Vec<(String, String)>) -> Self {
        Self { surroundings, ..self }
    }

    /// Runs it with `MODEL_NAME`, `MODEL_ERROR`, `MODEL_ERROR_KIND` and
    /// `MODEL_EXIT_CODE`, for a minute at most, and gives the lines that it
    /// wrote, escaped.
    ///
    /// # Errors
    /// As [`Shell::run`]; [`Kind::Internal`] where it fails or takes too long,
    /// with the last of its lines.
    pub async fn tell(&self, model: &str, error: &Error) -> Result<Vec<String>> {
        let happened = [
            ("MODEL_NAME", model.to_owned()),
            ("MODEL_ERROR", error.message().to_owned()),
            ("MODEL_ERROR_KIND", error.kind().name().to_owned()),
            ("MODEL_EXIT_CODE", error.kind().exit_code().to_string()),
        ];
        let happened = happened.map(|(name, value)| (name.to_owned(), value));
        let seen = self.surroundings.iter().cloned().chain(happened);
        let variables = seen.map(|(name, value)| (name, OsString::from(value)));
        let ended = self.shell.run(&self.command, variables, None, PATIENCE).await?;
        if ended.is_success() {
            return Ok(ended.lines);
        }
        Err(Error::new(Kind::Internal, format!("it {}", ended.to_text()))
            .with_hint("run the command by hand with the variables set"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    async fn said(command: &str) -> Result<Vec<String>> {
        let failure = Error::new(Kind::NotFound, "no $(touch /tmp/no) `file`; 'a' \"b\"");
        let notifier = Notifier::new(Shell::new("/bin/sh"), command)
            .seeing(vec![("https_proxy".to_owned(), "http://p:1".to_owned())]);
        notifier.tell("m'; exit 9 #", &failure).await
    }

    #[tokio::test]
    async fn what_happened_is_in_variables_and_never_run() {
        let command = "echo \"$MODEL_NAME|$MODEL_ERROR\"; echo $MODEL_ERROR_KIND $MODEL_EXIT_CODE $https_proxy >&2";
        assert_eq!(
            said(command).await.unwrap(),
            ["m'; exit 9 #|no $(touch /tmp/no) `file`; 'a' \"b\"", "not-found 11 http://p:1"]
        );
    }

    #[tokio::test]
    async fn a_command_that_fails_is_told_with_its_last_line() {
        let error = said("echo why; exit 7").await.unwrap_err();
        assert_eq!(error.message(), "it ended with exit code 7; the last that it said: why");
    }
}
