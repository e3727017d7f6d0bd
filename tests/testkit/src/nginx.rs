//! A Hugging Face hub of files alone: the real nginx, with the answers of our
//! own hub written down. It has ranges and validators of somebody else's making.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::certificates::{Authority, Certificate};
use crate::hub::{Hub, Kind};
use crate::peers::free_port;
use crate::wire::Body;
use crate::wire::ask;

/// What the real client wants to hear of a file.
const TOLD: [&str; 3] = ["x-repo-commit", "x-linked-etag", "x-linked-size"];
/// What a path keeps as it is, beside letters and digits.
const BESIDE_PATHS: AsciiSet =
    NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// What was answered.
const LOG: &str = "answered.log";
/// How long nginx may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// How nginx serves. The default is what tests need: one process, as fast as it can.
#[derive(Debug, Clone, Copy, Default)]
pub struct Serving {
    /// Processes that answer, beside one that minds them; 0: one does all.
    pub workers: usize,
    /// Bytes a second that a connection gets at the most.
    pub connection_rate: Option<u64>,
    /// Over TLS, and by HTTP/2 with clients that speak it.
    pub encrypted: bool,
}

/// A running nginx that ends with this value.
#[derive(Debug)]
pub struct NginxHub {
    child: Child,
    url: String,
    authority: Option<Authority>,
    folder: TempDir,
}

impl NginxHub {
    /// Serves the branch `main` of a model that `hub` has, from the folder that
    /// the hub has it from; `None` where nginx is not installed.
    ///
    /// # Errors
    /// Where the hub does not answer or nginx does not start.
    pub fn start(hub: &Hub, id: &str, files: &Path) -> io::Result<Option<Self>> {
        Self::serving(hub, id, files, Serving::default())
    }

    /// The same, served as `serving` says.
    ///
    /// # Errors
    /// As [`NginxHub::start`].
    pub fn serving(
        hub: &Hub,
        id: &str,
        files: &Path,
        serving: Serving,
    ) -> io::Result<Option<Self>> {
        let folder = TempDir::new()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let locations = runtime.block_on(write_down(hub, id, files, folder.path()))?;
        let port = free_port()?;
        let authority =
            serving.encrypted.then(|| Authority::new(Certificate::trusted())).transpose()?;
        let signed = authority.as_ref().map(Authority::signed);
        let config = folder.path().join("nginx.conf");
        let server = server(port, &locations, signed);
        fs::write(&config, configuration(folder.path(), &server, serving))?;
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-e").arg("stderr").arg("-c").arg(&config).env_clear();
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = match started {
            Ok(child) => child,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let scheme = if serving.encrypted { "https" } else { "http" };
        let url = format!("{scheme}://127.0.0.1:{port}");
        let mut nginx = Self { child, url, authority, folder };
        nginx.wait(port)?;
        Ok(Some(nginx))
    }

    /// The hub's URL: `HF_ENDPOINT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file (PEM) of the authority that signed its certificate.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_ref().map(Authority::pem)
    }

    /// Of each answered request, the number of its connection and the protocol.
    ///
    /// # Errors
    /// Where the log cannot be read.
    pub fn answered(&self) -> io::Result<Vec<(u64, String)>> {
        let log = fs::read_to_string(self.folder.path().join(LOG))?;
        let read = |line: &str| {
            let (connection, protocol) = line.split_once(' ')?;
            Some((connection.parse().ok()?, protocol.to_owned()))
        };
        Ok(log.lines().filter_map(read).collect())
    }

    fn wait(&mut self, port: u16) -> io::Result<()> {
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if self.child.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                return Err(io::Error::other("nginx does not listen"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for NginxHub {
    fn drop(&mut self) {
        // Not killed: the workers end with the process that minds them.
        let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Asks the hub for all that a client asks for, and answers nginx's locations.
async fn write_down(hub: &Hub, id: &str, files: &Path, folder: &Path) -> io::Result<String> {
    let authority = hub.url().trim_start_matches("http://").trim_end_matches('/');
    let commit = hub.commit(Kind::Model, id, "main");
    let api = format!("/api/models/{id}");
    let mut locations = String::new();
    let tree = format!("{api}/tree/{commit}");
    let revision = answer(authority, &format!("{api}/revision/main")).await?;
    let listing = answer(authority, &format!("{tree}?recursive=true")).await?;
    let entries: Value = serde_json::from_slice(&listing)?;
    for (name, body) in [("revision.json", &revision), ("tree.json", &listing)] {
        fs::write(folder.join(name), body)?;
    }
    let file = |name: &str| folder.join(name).display().to_string();
    for path in [format!("{api}/revision/main"), format!("{api}/revision/{commit}"), api] {
        locations += &location(&path, &file("revision.json"), "default_type application/json;");
    }
    locations += &location(&tree, &file("tree.json"), "default_type application/json;");
    let is_file = |entry: &&Value| entry["type"] == "file";
    for entry in entries.as_array().into_iter().flatten().filter(is_file) {
        let path = entry["path"].as_str().unwrap_or_default();
        let target = format!("/{id}/resolve/{commit}/{path}");
        let told = ask(authority, "HEAD", &encoded(&target), &host(authority), &[]).await?;
        let mut headers = String::new();
        for (name, value) in &told.headers {
            let name = name.to_ascii_lowercase();
            if TOLD.contains(&name.as_str()) || name == "etag" {
                let _ = write!(headers, "add_header {name} '{value}'; ");
            }
        }
        locations += &location(&target, &files.join(path).display().to_string(), &headers);
    }
    Ok(locations)
}

fn host(authority: &str) -> [(String, String); 1] {
    [("host".to_owned(), authority.to_owned())]
}

fn encoded(path: &str) -> String {
    utf8_percent_encode(path, &BESIDE_PATHS).to_string()
}

async fn answer(authority: &str, target: &str) -> io::Result<Vec<u8>> {
    match ask(authority, "GET", target, &host(authority), &[]).await?.body {
        Body::Bytes(bytes) => Ok(bytes),
        _ => Err(io::Error::other("the hub did not answer with bytes")),
    }
}

fn location(path: &str, file: &str, more: &str) -> String {
    format!("    location = \"{path}\" {{ alias \"{file}\"; {more} }}\n")
}

fn server(port: u16, locations: &str, signed: Option<[PathBuf; 2]>) -> String {
    let listen = match signed {
        None => format!("listen 127.0.0.1:{port};"),
        Some([certificate, key]) => format!(
            "listen 127.0.0.1:{port} ssl http2;\n    ssl_certificate {};\n    ssl_certificate_key {};",
            certificate.display(),
            key.display()
        ),
    };
    format!("  server {{\n    {listen}\n{locations}  }}\n")
}

fn configuration(folder: &Path, server: &str, serving: Serving) -> String {
    let folder = folder.display();
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(temporary, "  {kind}_temp_path {folder}/{kind};");
    }
    let processes = match serving.workers {
        0 => "master_process off;".to_owned(),
        // Workers of root's would be somebody else, who may not read the files.
        count if geteuid().is_root() => format!("user root;\nworker_processes {count};"),
        count => format!("worker_processes {count};"),
    };
    // A log costs time that a bench would count.
    let log = match serving.workers {
        0 => format!(
            "log_format answered '$connection $server_protocol';\n  access_log {folder}/{LOG} answered;"
        ),
        _ => "access_log off;".to_owned(),
    };
    let rate = serving.connection_rate.map(|rate| format!("  limit_rate {rate};\n"));
    format!(
        "daemon off;\n{processes}\npid {folder}/pid;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n  {log}\n  etag off;\n  default_type application/octet-stream;\n\
         \x20 sendfile on;\n  tcp_nopush on;\n{}\
         {temporary}{server}}}\n",
        rate.unwrap_or_default()
    )
}
