//! Real object stores on free ports: moto and s3s-fs for S3, Azurite,
//! fake-gcs-server; and their own clients.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::peers::{free_port, workspace_root};

/// How long a store may take to begin.
const DEADLINE: Duration = Duration::from_secs(120);

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// moto, which takes any key and has versions.
    S3,
    /// s3s-fs, which speaks S3 too, checks signatures and has no versions.
    S3s,
    /// Azurite, which checks signatures.
    Azure,
    /// fake-gcs-server, which asks for no token.
    Gcs,
}

/// A running store that ends with this value.
#[derive(Debug)]
pub struct ObjectStore {
    kind: StoreKind,
    child: Child,
    url: String,
    _folder: TempDir,
}

impl ObjectStore {
    /// The access key, and its secret one, of the stores that speak S3.
    pub const AWS: (&'static str, &'static str) = ("AK", "s3cretKeyThatMustNotShow");
    /// Azurite's account, and its key, the same everywhere.
    pub const AZURE: (&'static str, &'static str) = (
        "devstoreaccount1",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    );

    /// Starts one; `None` where its program is not installed.
    ///
    /// # Errors
    /// Where it does not start.
    pub fn start(kind: StoreKind) -> io::Result<Option<Self>> {
        let Some(program) = program(kind) else { return Ok(None) };
        let folder = TempDir::new()?;
        let port = free_port()?;
        let mut command = Command::new(program);
        let port_text = port.to_string();
        let (address, path) = (["-H", "127.0.0.1", "-p", &port_text], folder.path());
        match kind {
            StoreKind::S3 => drop(command.args(address)),
            StoreKind::S3s => {
                command.args(["--host", "127.0.0.1", "--port", &port_text]);
                let (access, secret) = Self::AWS;
                command.args(["--access-key", access, "--secret-key", secret]).arg(path);
            }
            StoreKind::Azure => {
                command.args(["--blobHost", "127.0.0.1", "--blobPort", &port_text]);
                command.args(["--silent", "--skipApiVersionCheck", "--location"]).arg(path);
            }
            StoreKind::Gcs => {
                command.args(["-scheme", "http", "-host", "127.0.0.1", "-port", &port_text]);
                command.args(["-public-host", &format!("127.0.0.1:{port}"), "-filesystem-root"]);
                command.arg(path);
            }
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", folder.path()).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn()?;
        let account = if kind == StoreKind::Azure { "/devstoreaccount1" } else { "" };
        let url = format!("http://127.0.0.1:{port}{account}");
        let mut store = Self { kind, child, url, _folder: folder };
        store.wait(port)?;
        Ok(Some(store))
    }

    fn wait(&mut self, port: u16) -> io::Result<()> {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("the store ended with {status}")));
            }
            if begun.elapsed() > DEADLINE {
                return Err(io::Error::other("the store does not listen"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The endpoint: for Azure the account's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Puts the files below a folder into a bucket, below a prefix.
    ///
    /// # Panics
    /// Where the store's own client fails.
    pub fn put(&self, bucket: &str, prefix: &str, folder: &Path) {
        self.client("put", bucket, prefix, folder);
    }

    /// Fetches what is below a prefix with the store's own client.
    ///
    /// # Panics
    /// As [`ObjectStore::put`].
    pub fn get(&self, bucket: &str, prefix: &str, folder: &Path) {
        self.client("get", bucket, prefix, folder);
    }

    /// Puts one object of any key.
    ///
    /// # Panics
    /// As [`ObjectStore::put`].
    pub fn put_key(&self, bucket: &str, key: &str, text: &str) {
        self.client("key", bucket, key, text);
    }

    /// Puts one object in several parts.
    ///
    /// # Panics
    /// As [`ObjectStore::put`].
    pub fn put_parts(&self, bucket: &str, key: &str, file: &Path) {
        self.client("parts", bucket, key, file);
    }

    /// Puts so many small objects: `00000.txt` holds `0`.
    ///
    /// # Panics
    /// As [`ObjectStore::put`].
    pub fn put_many(&self, bucket: &str, prefix: &str, count: usize) {
        self.client("many", bucket, prefix, count.to_string());
    }

    fn client(&self, verb: &str, bucket: &str, key: &str, last: impl AsRef<OsStr>) {
        let kind = match self.kind {
            StoreKind::S3 => "s3",
            StoreKind::S3s => "s3s",
            StoreKind::Azure => "azure",
            StoreKind::Gcs => "gcs",
        };
        let mut command = Command::new(tools().join("python/bin/python"));
        command.arg(workspace_root().join("tests/object-stores/client.py"));
        command.args([kind, &self.url, verb, bucket, key]).arg(last);
        let output = command.output().expect("the stores' clients are there");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{kind} {verb}: {said}");
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `cargo xtask test` puts the stores and their clients.
fn tools() -> PathBuf {
    workspace_root().join(".local/object-stores")
}

fn program(kind: StoreKind) -> Option<PathBuf> {
    let program = match kind {
        StoreKind::S3 => tools().join("python/bin/moto_server"),
        StoreKind::S3s => tools().join("s3s/bin/s3s-fs"),
        StoreKind::Azure => tools().join("node/node_modules/.bin/azurite-blob"),
        StoreKind::Gcs => tools().join("fake-gcs-server"),
    };
    program.exists().then_some(program)
}
