//! Running programs: shown before they start, ended when this one ends.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Instant;

use crate::fault::{Fault, Result};

/// A program that is about to run.
#[derive(Debug)]
#[must_use]
pub(crate) struct Invocation {
    command: Command,
    shown: String,
    variables: String,
}

impl Invocation {
    /// Through `setpriv`, so that the kernel ends it when this program ends,
    /// in whatever way: nothing is left running after a failure or Ctrl-C.
    pub(crate) fn new(program: PathBuf) -> Self {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(&program);
        for (name, _) in std::env::vars_os() {
            if is_of_cargo_run(&name) {
                command.env_remove(name);
            }
        }
        Self { command, shown: quoted(program.as_os_str()), variables: String::new() }
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&quoted(argument.as_ref()));
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push_str(&format!("{name}={} ", quoted(value.as_ref())));
        self.hidden_env(name, value)
    }

    /// A variable that is not worth showing each time.
    pub(crate) fn hidden_env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Shows it and runs it to its end; its output goes where ours goes.
    pub(crate) fn run(mut self) -> Result<()> {
        self.show();
        let started = Instant::now();
        let status = self.command.status().map_err(cannot_start)?;
        if !status.success() {
            return Err(Fault::new(format!("`{}` failed: {status}", self.shown)));
        }
        let took = started.elapsed().as_secs();
        if took >= 5 {
            println!("  ({took} s)");
        }
        Ok(())
    }

    /// Shows it, runs it, and gives what it wrote to standard output, which is
    /// shown as well.
    pub(crate) fn answer(mut self) -> Result<String> {
        self.show();
        let output = self.command.stderr(Stdio::inherit()).output().map_err(cannot_start)?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !text.is_empty() {
            println!("{text}");
        }
        if output.status.success() {
            return Ok(text);
        }
        Err(Fault::new(format!("`{}` failed: {}", self.shown, output.status)))
    }

    /// Runs it without a word, whether it succeeds or not.
    pub(crate) fn probe(mut self) -> Result<Output> {
        self.command.stdin(Stdio::null()).output().map_err(cannot_start)
    }

    /// Runs it without a word; its standard output, where it succeeds.
    pub(crate) fn quietly(self) -> Result<String> {
        let shown = self.shown.clone();
        let output = self.probe()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let error = String::from_utf8_lossy(&output.stderr);
        Err(Fault::new(format!("`{shown}` failed: {}\n{}", output.status, error.trim_end())))
    }

    /// Shows it and hands each line it writes to standard error to `line`;
    /// whether it succeeded.
    pub(crate) fn follow(mut self, mut line: impl FnMut(&str)) -> Result<bool> {
        self.show();
        let mut child = self.command.stderr(Stdio::piped()).spawn().map_err(cannot_start)?;
        let stream = child.stderr.take().expect("it is piped");
        each_line(stream, &mut line)?;
        Ok(child.wait().map_err(cannot_start)?.success())
    }

    /// The same for standard output.
    pub(crate) fn follow_output(mut self, mut line: impl FnMut(&str)) -> Result<bool> {
        self.show();
        let mut child = self.command.stdout(Stdio::piped()).spawn().map_err(cannot_start)?;
        let stream = child.stdout.take().expect("it is piped");
        each_line(stream, &mut line)?;
        Ok(child.wait().map_err(cannot_start)?.success())
    }

    /// Shows it and leaves it running.
    pub(crate) fn start(mut self) -> Result<Background> {
        self.show();
        let command = self.command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(cannot_start)?;
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Ok(Background { child, output, shown: self.shown })
    }

    fn show(&self) {
        println!("$ {}", in_project(&format!("{}{}", self.variables, self.shown)));
    }
}

/// Words with the project's paths written from its folder, in which every
/// command runs: short, and the same wherever the checkout is.
pub(crate) fn in_project(text: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR").strip_suffix("xtask");
    root.map_or_else(|| text.to_owned(), |root| text.replace(root, "./"))
}

/// A program that runs beside this one and ends with this value.
#[derive(Debug)]
pub(crate) struct Background {
    child: Child,
    output: BufReader<ChildStdout>,
    shown: String,
}

impl Background {
    /// The next line of its standard output.
    pub(crate) fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        // A first line is an address, not a flood.
        let read = self.output.by_ref().take(4096).read_line(&mut line);
        match read {
            Ok(length) if length > 0 => Ok(line.trim_end().to_owned()),
            _ => Err(Fault::new(format!("`{}` ended before it said a word", self.shown))),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `cargo run` tells this program about itself. Build scripts that watch
/// these (ring's does) would run again for each cargo that is started here.
fn is_of_cargo_run(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let families =
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    name == "OUT_DIR" || families.iter().any(|family| name.starts_with(family))
}

/// The program `name` where the `PATH` has it.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn each_line(stream: impl std::io::Read, line: &mut impl FnMut(&str)) -> Result<()> {
    let mut stream = BufReader::new(stream);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = stream.read_until(b'\n', &mut bytes);
        if read.map_err(|error| Fault::new(format!("cannot read output: {error}")))? == 0 {
            return Ok(());
        }
        line(String::from_utf8_lossy(&bytes).trim_end_matches('\n'));
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn cannot_start(error: std::io::Error) -> Fault {
    Fault::new(format!("cannot run a program through setpriv (package util-linux): {error}"))
}

/// As one would type it in a shell.
fn quoted(text: &OsStr) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,~^".contains(c);
    let text = OsString::from(text).to_string_lossy().into_owned();
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
