//! Commands of the user's, run by a shell.
#![allow(clippy::disallowed_types, reason = "this is the NIX room; programs are run here alone")]

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// How much of what a command says is kept, in bytes of each stream.
const SAID: u64 = 64 << 10;
/// Where the programs are that a command names without a folder.
const PROGRAMS: &str = "/usr/bin:/bin";

/// A shell that takes a command as `-c`'s argument. The command's text is the
/// user's alone: what it is told, it is told by variables.
#[derive(Debug, Clone)]
pub struct Shell(PathBuf);

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// Its status; `None` where it did not end in time.
    pub status: Option<ExitStatus>,
    /// The lines that it wrote, those of its error stream last, escaped.
    pub lines: Vec<String>,
}

impl Ended {
    /// Whether it ended with exit code 0.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// How it ended, to follow the command's name, with its last line.
    pub fn to_text(&self) -> String {
        let how = match self.status.map(|status| status.code()) {
            Some(Some(code)) => format!("ended with exit code {code}"),
            Some(None) => "was stopped by a signal".to_owned(),
            None => "did not end in time".to_owned(),
        };
        let last = self.lines.last().map(|line| format!("; the last that it said: {line}"));
        how + &last.unwrap_or_default()
    }
}

impl Shell {
    /// The shell at this path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Runs a command and keeps what it says. It sees `PATH` and these variables,
    /// and no others, and begins in `folder`, or where this process is. What it
    /// started is stopped with it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such shell; [`Kind::Internal`] where
    /// it cannot be started or is lost. How the command ended is no error.
    pub async fn run(
        &self,
        command: &str,
        variables: impl IntoIterator<Item = (String, OsString)>,
        folder: Option<&Path>,
        patience: Duration,
    ) -> Result<Ended> {
        let command = self.command(command, variables, folder, [Stdio::piped(), Stdio::piped()]);
        let mut child = self.start(command)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let said = tokio::spawn(async move { tokio::join!(collect(stdout), collect(stderr)) });
        let status = ended(&mut child, patience).await;
        let (stdout, stderr) = said.await.unwrap_or_default();
        Ok(Ended { status: status?, lines: lines(&stdout).chain(lines(&stderr)).collect() })
    }

    /// As [`Self::run`], for a command that works long: what it says goes to
    /// `streams` as it says it.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_aloud(
        &self,
        command: &str,
        variables: impl IntoIterator<Item = (String, OsString)>,
        folder: Option<&Path>,
        streams: [Stdio; 2],
    ) -> Result<Ended> {
        let mut child = self.start(self.command(command, variables, folder, streams))?;
        Ok(Ended { status: ended(&mut child, Duration::MAX).await?, lines: Vec::new() })
    }

    fn command(
        &self,
        command: &str,
        variables: impl IntoIterator<Item = (String, OsString)>,
        folder: Option<&Path>,
        [stdout, stderr]: [Stdio; 2],
    ) -> Command {
        let mut shell = Command::new(&self.0);
        shell
            .arg("-c")
            .arg(command)
            .env_clear()
            .env("PATH", PROGRAMS)
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .kill_on_drop(true);
        folder.into_iter().for_each(|folder| _ = shell.current_dir(folder));
        shell
    }

    fn start(&self, mut command: Command) -> Result<Child> {
        command.spawn().map_err(|error| self.not_started(error))
    }

    fn not_started(&self, error: io::Error) -> Error {
        let shell = escape(&self.0.to_string_lossy());
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

/// Waits for a command's end, and stops what it started.
async fn ended(child: &mut Child, patience: Duration) -> Result<Option<ExitStatus>> {
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let status = tokio::time::timeout(patience, child.wait()).await;
    // Whoever still holds the streams would be waited for.
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let lost = |error| Error::new(Kind::Internal, "the command was lost").caused_by(error);
    status.ok().transpose().map_err(lost)
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

    async fn ended(command: &str, patience: Duration) -> Ended {
        Shell::new("/bin/sh").run(command, [], None, patience).await.unwrap()
    }

    #[tokio::test]
    async fn a_command_sees_what_it_is_given_and_nothing_else() {
        let variables = [("https_proxy".to_owned(), OsString::from("http://p:1"))];
        let ended = Shell::new("/bin/sh")
            .run("/usr/bin/env", variables, Some(Path::new("/tmp")), Duration::from_secs(60))
            .await
            .unwrap();
        let mut names: Vec<&str> = ended
            .lines
            .iter()
            .filter_map(|line| Some(line.split_once('=')?.0))
            .filter(|name| !["_", "SHLVL", "OLDPWD"].contains(name))
            .collect();
        names.sort_unstable();
        assert_eq!(names, ["PATH", "PWD", "https_proxy"]);
        assert!(ended.lines.contains(&"PWD=/tmp".to_owned()), "{:?}", ended.lines);
    }

    #[tokio::test]
    async fn how_it_ended_is_told_with_its_last_line() {
        let said = ended("printf 'a\\033[31m\\n'; exit 7", Duration::from_secs(60)).await;
        assert!(!said.is_success());
        assert_eq!(said.to_text(), "ended with exit code 7; the last that it said: a\\u{1b}[31m");
        let missing = Shell::new("/nowhere/sh").run("true", [], None, Duration::ZERO).await;
        let error = missing.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
        assert!(error.message().contains("/nowhere/sh"), "{error}");
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_told() {
        let hasty = ended("echo begun; sleep 600", Duration::from_millis(300)).await;
        assert_eq!((hasty.is_success(), &*hasty.lines), (false, &["begun".to_owned()][..]));
        assert!(hasty.to_text().contains("did not end in time"), "{}", hasty.to_text());
        // What was left in the background does not keep the streams open.
        let minute = Duration::from_secs(60);
        assert_eq!(ended("sleep 600 & echo done", minute).await.lines, ["done"]);
        let flood = ended("head -c 1000000 /dev/zero | tr '\\0' x", minute).await;
        assert_eq!(flood.lines.len(), 1);
    }
}
