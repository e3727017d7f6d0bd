//! A real Git LFS server: giftless, on a free port. It serves no ranges.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::peers::workspace_root;

/// Names the Python environment that has giftless.
pub const LFS_VARIABLE: &str = "NIX_AI_MODEL_TEST_LFS";

/// A running LFS server that ends with this value. Everyone may read and write.
#[derive(Debug)]
pub struct LfsServer {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl LfsServer {
    /// Starts one; `None` where it is not installed.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start() -> io::Result<Option<Self>> {
        let Some(flask) = flask() else { return Ok(None) };
        let folder = TempDir::new()?;
        let config = folder.path().join("giftless.yml");
        fs::write(&config, settings(&folder))?;
        let mut command = Command::new(flask);
        command
            .args([
                "--app",
                "giftless.wsgi_entrypoint:app",
                "run",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
            ])
            .env_clear()
            .env("GIFTLESS_CONFIG_FILE", config)
            .current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let Some(log) = child.stderr.take() else { return Ok(None) };
        let mut log = BufReader::new(log).lines();
        let port = log.by_ref().map_while(Result::ok).find_map(|line| listening(&line));
        // It must not block on a full pipe.
        thread::spawn(move || log.for_each(drop));
        let Some(port) = port else {
            child.kill()?;
            return Err(io::Error::other("giftless ended without listening"));
        };
        Ok(Some(Self { child, port, folder }))
    }

    /// The origin, plain http.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Gives it an object of `organisation/name` without asking it, as a backup
    /// would, and returns the object's SHA-256.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn store(&self, repository: &str, bytes: &[u8]) -> io::Result<String> {
        let folder = self.folder.path().join("objects").join(repository);
        fs::create_dir_all(&folder)?;
        let oid = hex::encode(Sha256::digest(bytes));
        fs::write(folder.join(&oid), bytes)?;
        Ok(oid)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What `lfs.url` has to name for the repository `organisation/name`.
    pub fn url(&self, repository: &str) -> String {
        format!("{}/{repository}.git/info/lfs", self.origin())
    }
}

impl Drop for LfsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn flask() -> Option<PathBuf> {
    let venv = std::env::var_os(LFS_VARIABLE).map(PathBuf::from);
    let venv = venv.unwrap_or_else(|| workspace_root().join(".local/giftless"));
    let program = venv.join("bin/flask");
    program.is_file().then_some(program)
}

fn settings(folder: &TempDir) -> String {
    let path = folder.path().join("objects");
    let settings = serde_json::json!({
        "LEGACY_ENDPOINTS": false,
        "AUTH_PROVIDERS": ["giftless.auth.allow_anon:read_write"],
        "TRANSFER_ADAPTERS": {"basic": {
            "factory": "giftless.transfer.basic_streaming:factory",
            "options": {
                "storage_class": "giftless.storage.local_storage:LocalStorage",
                "storage_options": {"path": path},
                "action_lifetime": 900,
            },
        }},
        "PRE_AUTHORIZED_ACTION_PROVIDER": {
            "factory": "giftless.auth.jwt:factory",
            "options": {"algorithm": "HS256", "private_key": "of a test", "default_lifetime": 900},
        },
    });
    settings.to_string()
}

/// ` * Running on http://127.0.0.1:4711`
fn listening(line: &str) -> Option<u16> {
    let rest = line.split_once("http://127.0.0.1:")?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
