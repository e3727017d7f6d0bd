//! A real MLflow server with models that the real client logged.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tempfile::TempDir;

use crate::peers::workspace_root;

/// Names the Python environment that has MLflow.
const VENV_VARIABLE: &str = "NIX_AI_MODEL_TEST_MLFLOW";

/// A running server that ends with this value.
#[derive(Debug)]
pub struct Mlflow {
    child: Child,
    url: String,
    login: bool,
    folder: TempDir,
}

impl Mlflow {
    /// Who may do everything where the server wants a login.
    pub const USER: &'static str = "admin";
    /// That user's password.
    pub const PASSWORD: &'static str = "pa55word-of-admin";

    /// Starts one that hands out its artifacts itself; `None` where MLflow is
    /// not installed. Without a `login`, anybody may do anything.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(login: bool) -> io::Result<Option<Self>> {
        Self::start_with(login, &["--serve-artifacts", "--artifacts-destination", "artifacts"])
    }

    /// Starts one that leaves its artifacts in a folder of its own machine.
    ///
    /// # Errors
    /// As [`Mlflow::start`].
    pub fn start_local() -> io::Result<Option<Self>> {
        Self::start_with(false, &["--no-serve-artifacts", "--default-artifact-root", "artifacts"])
    }

    fn start_with(login: bool, artifacts: &[&str]) -> io::Result<Option<Self>> {
        let Some(program) = program("mlflow") else { return Ok(None) };
        let folder = TempDir::new()?;
        let mut command = clean(&program, folder.path());
        command.args(["server", "--host", "127.0.0.1", "--port", "0", "--workers", "1"]);
        command.args(["--backend-store-uri", "sqlite:///runs.db"]).args(artifacts);
        if login {
            let config = folder.path().join("auth.ini");
            fs::write(&config, logins(folder.path()))?;
            command.args(["--app-name", "basic-auth"]).env("MLFLOW_AUTH_CONFIG_PATH", config);
            command.env("MLFLOW_FLASK_SERVER_SECRET_KEY", "of no use to anybody");
        }
        // A group of its own: the server is a child of the command's.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let log = child.stderr.take().ok_or_else(|| io::Error::other("it is not piped"))?;
        let mut log = BufReader::new(log).lines();
        let url = log.by_ref().map_while(Result::ok).find_map(|line| listening(&line));
        // It must not block on a full pipe.
        thread::spawn(move || log.for_each(drop));
        let server = Self { child, url: url.unwrap_or_default(), login, folder };
        if server.url.is_empty() {
            return Err(io::Error::other("mlflow server ended without listening"));
        }
        Ok(Some(server))
    }

    /// The server's URL: the tracking URI.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Has the client log two versions of the model `my model`, version 1 with
    /// the alias `champion` and in the stage `Production`, both by a run with
    /// files below `plain`. Answers `[{"run": …, "model": "m-…"}, …]`.
    ///
    /// # Errors
    /// With the client's words, where it fails.
    pub fn log_models(&self) -> io::Result<Value> {
        let script = workspace_root().join("tests/testkit/mlflow/log.py");
        let output = self.client("python", [script.as_os_str().to_str().unwrap_or_default()])?;
        let text = String::from_utf8_lossy(&output.stdout);
        let json = text.lines().find(|line| line.starts_with('[')).unwrap_or_default();
        Ok(serde_json::from_str(json)?)
    }

    /// What `mlflow artifacts download` fetches, below `to`.
    ///
    /// # Errors
    /// With the client's words, where it fails.
    pub fn download(&self, uri: &str, to: &Path) -> io::Result<()> {
        let to = to.to_str().unwrap_or_default();
        let arguments = ["artifacts", "download", "--artifact-uri", uri, "--dst-path", to];
        self.client("mlflow", arguments).map(drop)
    }

    /// Runs a program of the client's environment against this server.
    ///
    /// # Errors
    /// With its words, where it fails.
    pub fn client<'a>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<Output> {
        let program = program(name).ok_or_else(|| io::Error::other("MLflow is gone"))?;
        let mut command = clean(&program, self.folder.path());
        command.args(arguments).env("MLFLOW_TRACKING_URI", &self.url);
        if self.login {
            command.env("MLFLOW_TRACKING_USERNAME", Self::USER);
            command.env("MLFLOW_TRACKING_PASSWORD", Self::PASSWORD);
        }
        let output = command.output()?;
        if output.status.success() {
            return Ok(output);
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

impl Drop for Mlflow {
    fn drop(&mut self) {
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// A program of the environment that [`VENV_VARIABLE`] names, else of
/// `.local/mlflow` in the workspace.
fn program(name: &str) -> Option<PathBuf> {
    let venv = std::env::var_os(VENV_VARIABLE).map(PathBuf::from);
    let venv = venv.unwrap_or_else(|| workspace_root().join(".local/mlflow"));
    let program = venv.join("bin").join(name);
    program.is_file().then_some(program)
}

/// In `folder`, which is its home too, with nothing that phones home or
/// that these tests do not need.
fn clean(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().current_dir(folder).env("HOME", folder);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("LANG", "C.UTF-8").env("MLFLOW_DISABLE_TELEMETRY", "true");
    command.env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false").env("GIT_PYTHON_REFRESH", "quiet");
    command
}

fn logins(folder: &Path) -> String {
    format!(
        "[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = sqlite:///{}\n\
         admin_username = {}\nadmin_password = {}\n\
         authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
        folder.join("logins.db").display(),
        Mlflow::USER,
        Mlflow::PASSWORD
    )
}

/// `… Uvicorn running on http://127.0.0.1:43075 (Press CTRL+C to quit)`
fn listening(line: &str) -> Option<String> {
    let rest = line.split_once("running on ")?.1;
    rest.split_whitespace().next().map(str::to_owned)
}
