//! The user's own command that hears of a failure.
#![allow(clippy::disallowed_types, reason = "this is the NIX room; programs are run here alone")]

use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// How long it may run.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much of what it says is kept, in bytes of each stream.
const SAID: u64 = 64 << 10;
/// Where the programs are that a command names without a folder.
const PROGRAMS: &str = "/usr/bin:/bin";

/// Runs a command of the user's in a shell. Its text is theirs alone: what
/// happened is told by variables, and never becomes a part of it.
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
        let mut child = self.start(model, error)?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let said = tokio::spawn(async move { tokio::join!(collect(stdout), collect(stderr)) });
        let status = tokio::time::timeout(self.patience, child.wait()).await;
        // Whoever still holds the streams would be waited for.
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let (stdout, stderr) = said.await.unwrap_or_default();
        let lines: Vec<String> = lines(&stdout).chain(lines(&stderr)).collect();
        match status {
            Ok(Ok(status)) if status.success() => Ok(lines),
            Ok(Ok(status)) => Err(failed(&ended(status), &lines)),
            Ok(Err(error)) => Err(failed("it was lost", &lines).caused_by(error)),
            Err(_) => {
                let patience = self.patience.as_secs_f32();
                Err(failed(&format!("it did not end within {patience} s"), &lines))
            }
        }
    }

    fn start(&self, model: &str, error: &Error) -> Result<Child> {
        let mut command = Command::new(&self.shell);
        command
            .arg("-c")
            .arg(&self.command)
            .env_clear()
            .env("PATH", PROGRAMS)
            .envs(self.surroundings.iter().map(|(name, value)| (name, value)))
            .env("MODEL_NAME", model)
            .env("MODEL_ERROR", error.message())
            .env("MODEL_ERROR_KIND", error.kind().name())
            .env("MODEL_EXIT_CODE", error.kind().exit_code().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command.spawn().map_err(|error| self.not_started(error))
    }

    fn not_started(&self, error: io::Error) -> Error {
        let shell = escape(&self.shell.to_string_lossy());
        if error.kind() == io::ErrorKind::NotFound {
            return Error::new(Kind::NotFound, format!("there is no shell at \"{shell}\""))
                .with_hint("give mkLib a \"shell\" or \"pkgs\", whose shell the build gets; or add sandbox-paths = /bin/sh=… to nix.conf");
        }
        let message = format!("the shell \"{shell}\" could not be started");
        Error::new(Kind::Internal, message)
            .with_hint("check the shell, and that the command is not longer than 128 KiB")
            .caused_by(error)
    }
}

fn failed(why: &str, lines: &[String]) -> Error {
    let last = lines.last().map(|line| format!("; the last that it said: {line}"));
    Error::new(Kind::Internal, format!("{why}{}", last.unwrap_or_default()))
        .with_hint("run the command by hand with the variables set")
}

fn ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with exit code {code}"),
        None => "it was stopped by a signal".to_owned(),
    }
}

/// The first of a stream's bytes; the others are read and dropped, so that
/// nobody waits for a reader.
async fn collect(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut said = Vec::new();
    if let Some(mut stream) = stream {
        let _ = (&mut stream).take(SAID).read_to_end(&mut said).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    said
}

fn lines(said: &[u8]) -> impl Iterator<Item = String> {
    let said = String::from_utf8_lossy(said).into_owned();
    let lines: Vec<String> = said.lines().filter(|line| !line.is_empty()).map(escape).collect();
    lines.into_iter()
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
