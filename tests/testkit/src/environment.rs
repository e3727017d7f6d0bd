//! A user who has nothing yet: a fresh home, and programs run in it.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long a program may run before it is taken for hung.
const DEADLINE: Duration = Duration::from_secs(300);

/// A home of its own with every XDG folder in it. Programs run in it see
/// these, `PATH` and nothing else of the machine's environment.
///
/// ```no_run
/// use nix_ai_model_testkit::Environment;
/// let environment = Environment::new()?;
/// let run = environment
///     .program("/target/debug/nix-ai-model")
///     .args(["resolve", "huggingface:org/name", "--json"])
///     .variable("HF_ENDPOINT", "http://127.0.0.1:8000")
///     .run()?;
/// assert_eq!(run.code, Some(0), "{}", run.stderr);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Environment {
    root: TempDir,
    variables: Vec<(OsString, OsString)>,
}

const FOLDERS: [(&str, &str); 7] = [
    ("HOME", "home"),
    ("XDG_CONFIG_HOME", "home/.config"),
    ("XDG_CACHE_HOME", "home/.cache"),
    ("XDG_DATA_HOME", "home/.local/share"),
    ("XDG_STATE_HOME", "home/.local/state"),
    ("XDG_RUNTIME_DIR", "run"),
    ("TMPDIR", "tmp"),
];

impl Environment {
    /// A fresh one.
    ///
    /// # Errors
    /// Where its folders cannot be made.
    pub fn new() -> io::Result<Self> {
        Self::in_root(TempDir::with_prefix("environment")?)
    }

    /// A fresh one in this folder, as on a file system that a test is about.
    ///
    /// # Errors
    /// Where its folders cannot be made.
    pub fn below(folder: &Path) -> io::Result<Self> {
        Self::in_root(TempDir::with_prefix_in("environment", folder)?)
    }

    fn in_root(root: TempDir) -> io::Result<Self> {
        let mut variables = Vec::new();
        for (name, folder) in FOLDERS {
            let folder = root.path().join(folder);
            std::fs::create_dir_all(&folder)?;
            variables.push((name.into(), folder.into_os_string()));
        }
        variables.extend(std::env::var_os("PATH").map(|path| ("PATH".into(), path)));
        variables.push(("LANG".into(), "C.UTF-8".into()));
        Ok(Self { root, variables })
    }

    /// A variable for every program that is run from now on.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.variables.push((name.into(), value.into()));
    }

    /// The folder that holds all others; gone with this value.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// `HOME`.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// `XDG_CACHE_HOME`.
    pub fn cache(&self) -> PathBuf {
        self.root.path().join("home/.cache")
    }

    /// A program to be run in it, in the home folder unless told.
    pub fn program(&self, program: impl AsRef<OsStr>) -> Program {
        let mut command = Command::new(program);
        command.env_clear().envs(self.variables.iter().cloned()).current_dir(self.home());
        Program { command, input: Vec::new(), deadline: DEADLINE }
    }
}

/// A program with its arguments.
#[derive(Debug)]
#[must_use]
pub struct Program {
    command: Command,
    input: Vec<u8>,
    deadline: Duration,
}

impl Program {
    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// A variable for this run alone.
    pub fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs without a variable that the environment has.
    pub fn without_variable(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs in another folder.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What it reads from standard input (nothing unless told).
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// How long it may run (five minutes unless told).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// Where it cannot be started, or did not end in time and was killed.
    pub fn run(self) -> io::Result<Run> {
        self.start()?.wait()
    }

    /// Starts it and leaves it running.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(mut self) -> io::Result<Running> {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| {
            let program = self.command.get_program().display();
            io::Error::new(error.kind(), format!("cannot run {program}: {error}"))
        })?;
        let mut stdin = child.stdin.take().expect("it is piped");
        let input = self.input;
        // A program that does not read it closes its end; that is its right.
        thread::spawn(move || stdin.write_all(&input));
        let stdout = collect(child.stdout.take().expect("it is piped"));
        let stderr = collect(child.stderr.take().expect("it is piped"));
        Ok(Running { child, stdout, stderr, deadline: self.deadline })
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: JoinHandle<Vec<u8>>,
    stderr: JoinHandle<Vec<u8>>,
    deadline: Duration,
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGINT, as Ctrl-C sends it.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn interrupt(&self) -> io::Result<()> {
        self.signal(Signal::INT)
    }

    /// SIGKILL: no chance to tidy up.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn kill(&self) -> io::Result<()> {
        self.signal(Signal::KILL)
    }

    /// SIGTERM, as a service manager sends it.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn terminate(&self) -> io::Result<()> {
        self.signal(Signal::TERM)
    }

    /// SIGSTOP: it does nothing more until it is killed.
    ///
    /// # Errors
    /// Where the process is gone.
    pub fn freeze(&self) -> io::Result<()> {
        self.signal(Signal::STOP)
    }

    /// Whether it ended by itself.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// Where it did not end in time and was killed; the error holds its
    /// standard error.
    pub fn wait(mut self) -> io::Result<Run> {
        let (ended, timer) = mpsc::channel::<()>();
        let (process, deadline) = (pid(&self.child), self.deadline);
        let watchdog = thread::spawn(move || {
            let late = timer.recv_timeout(deadline) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                let _ = kill_process(process, Signal::KILL);
            }
            late
        });
        let status = self.child.wait()?;
        drop(ended);
        let late = watchdog.join().expect("the watchdog does not panic");
        let run = Run::new(status, text(self.stdout), text(self.stderr));
        if late {
            let message = format!("it did not end within {deadline:?}; stderr:\n{}", run.stderr);
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        Ok(run)
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        kill_process(pid(&self.child), signal).map_err(Into::into)
    }
}

/// How a program ended and what it wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Standard output, as text; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
}

impl Run {
    fn new(status: ExitStatus, stdout: String, stderr: String) -> Self {
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        Self { code: status.code(), signal, stdout, stderr }
    }

    /// Itself, where it succeeded.
    ///
    /// # Panics
    /// Where it did not, with all that it wrote.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before an error is still worth showing.
        let _ = stream.read_to_end(&mut bytes);
        bytes
    })
}

fn text(reader: JoinHandle<Vec<u8>>) -> String {
    let bytes = reader.join().expect("reading a pipe does not panic");
    String::from_utf8_lossy(&bytes).into_owned()
}
