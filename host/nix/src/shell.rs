//! Commands of the user's, run in a shell. Their text is theirs alone: what
//! they have to know is told by variables, and never becomes a part of it.
#![allow(clippy::disallowed_types, reason = "this is the NIX room; programs are run here alone")]

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// How much of what it says is kept: the last bytes of each stream.
const SAID: usize = 64 << 10;
/// Where the programs are that a command names without a folder, where nobody
/// says.
const PROGRAMS: &str = "/usr/bin:/bin";

/// A command, and all that it sees.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    pub(crate) shell: PathBuf,
    pub(crate) command: String,
    /// Its variables, beside `PATH`. It sees no others.
    pub(crate) variables: Vec<(String, OsString)>,
    /// How long it may run; for ever where nobody says.
    pub(crate) patience: Option<Duration>,
}

/// How it ended, and the last lines that it wrote, escaped: those of its
/// standard output, then those of its standard error.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) how: How,
    pub(crate) lines: Vec<String>,
}

#[derive(Debug)]
pub(crate) enum How {
    /// With an exit code.
    Code(i32),
    /// By a signal.
    Signal,
    /// Not in time.
    Late(Duration),
    /// Nobody knows.
    Lost(io::Error),
}

impl How {
    /// As the end of a sentence about it.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Code(code) => format!("it ended with exit code {code}"),
            Self::Signal => "it was stopped by a signal".to_owned(),
            Self::Late(patience) => format!("it did not end within {} s", patience.as_secs_f32()),
            Self::Lost(_) => "it was lost".to_owned(),
        }
    }
}

impl Shell {
    /// Runs it to its end. What it started is stopped with it.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is no such shell; [`Kind::Internal`] where
    /// it cannot be started.
    pub(crate) async fn run(&self) -> Result<Ended> {
        let mut child = self.start()?;
        let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let said = tokio::spawn(async move { tokio::join!(collect(stdout), collect(stderr)) });
        let status = match self.patience {
            Some(patience) => {
                tokio::time::timeout(patience, child.wait()).await.map_err(|_| patience)
            }
            None => Ok(child.wait().await),
        };
        // Whoever still holds the streams would be waited for.
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let (stdout, stderr) = said.await.unwrap_or_default();
        let lines = lines(&stdout).chain(lines(&stderr)).collect();
        let how = match status {
            Ok(Ok(status)) => status.code().map_or(How::Signal, How::Code),
            Ok(Err(error)) => How::Lost(error),
            Err(patience) => How::Late(patience),
        };
        Ok(Ended { how, lines })
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(&self.shell);
        command
            .arg("-c")
            .arg(&self.command)
            .env_clear()
            .env("PATH", PROGRAMS)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        command.spawn().map_err(|error| not_started(&self.shell, error))
    }
}

fn not_started(shell: &Path, error: io::Error) -> Error {
    let shell = escape(&shell.to_string_lossy());
    if error.kind() == io::ErrorKind::NotFound {
        return Error::new(Kind::NotFound, format!("there is no shell at \"{shell}\""))
            .with_hint("give mkLib a \"shell\" or \"pkgs\", whose shell the build gets; or add sandbox-paths = /bin/sh=… to nix.conf");
    }
    Error::new(Kind::Internal, format!("the shell \"{shell}\" could not be started"))
        .with_hint("check the shell, and that the command is not longer than 128 KiB")
        .caused_by(error)
}

/// The last of a stream's bytes. All are read, so that nobody waits for a
/// reader.
async fn collect(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut said = Vec::new();
    let Some(mut stream) = stream else { return said };
    while stream.read_buf(&mut said).await.is_ok_and(|read| read > 0) {
        if said.len() > 2 * SAID {
            said.drain(..said.len() - SAID);
        }
    }
    said.drain(..said.len().saturating_sub(SAID));
    said
}

fn lines(said: &[u8]) -> impl Iterator<Item = String> {
    let said = String::from_utf8_lossy(said).into_owned();
    let lines: Vec<String> =
        said.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(escape).collect();
    lines.into_iter()
}
