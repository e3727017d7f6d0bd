//! Who really answers: `git http-backend` by CGI, or a server behind this one.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::wire::{Body, Incoming, Response};

/// Debian's own git, whatever else is on the PATH.
const GIT: &str = "/usr/bin/git";

/// The git that serves: Debian's, else the one on the PATH.
fn git() -> &'static str {
    if Path::new(GIT).exists() { GIT } else { "git" }
}

pub(super) fn is_there() -> bool {
    let path = std::process::Command::new(git()).arg("--exec-path").output();
    path.is_ok_and(|output| {
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        PathBuf::from(folder).join("git-http-backend").exists()
    })
}

/// Runs the back end for a request.
pub(super) async fn run(root: &Path, protocol: bool, incoming: &Incoming) -> io::Result<Response> {
    let (path, query) = incoming.target.split_once('?').unwrap_or((&incoming.target, ""));
    let mut command = Command::new(git());
    command
        .arg("http-backend")
        .env_clear()
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        // The repositories may belong to another user, as in a container.
        .envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "safe.directory"),
            ("GIT_CONFIG_VALUE_0", "*"),
        ])
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", &incoming.method)
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("CONTENT_TYPE", incoming.header("content-type").unwrap_or_default())
        .env("HTTP_CONTENT_ENCODING", incoming.header("content-encoding").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if let Some(asked) = incoming.header("git-protocol").filter(|_| protocol) {
        command.env("GIT_PROTOCOL", asked);
    }
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let body = incoming.behind.clone();
    // Beside the reading: a back end that answers early must not wait for us.
    let written = tokio::spawn(async move { input.write_all(&body).await });
    let output = child.wait_with_output().await?;
    let _ = written.await;
    parsed(&output.stdout, 200)
}

/// Passes a request on to a server on loopback.
pub(super) async fn forwarded(port: u16, incoming: &Incoming) -> io::Result<Response> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut head =
        format!("{} {} HTTP/1.1\r\nConnection: close\r\n", incoming.method, incoming.target);
    for (name, value) in incoming.headers.iter().filter(|(name, _)| name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(&incoming.behind).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let end = answer.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let line = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    parsed(&answer[end + 1..], status.ok_or_else(|| io::Error::other("no status"))?)
}

/// Headers, an empty line and a body; a `Status` among the headers counts.
fn parsed(answer: &[u8], status: u16) -> io::Result<Response> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| io::Error::other("an answer without an end of its headers"))?;
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    let mut response = Response::new(status, Body::Bytes(Vec::new()));
    let mut chunked = false;
    for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
        match name.to_ascii_lowercase().as_str() {
            "status" => {
                let code = value.split(' ').next().and_then(|code| code.parse().ok());
                response.status = code.unwrap_or(500);
            }
            "transfer-encoding" => chunked = true,
            "content-length" | "connection" => {}
            _ => response = response.header(name, value),
        }
    }
    response.body = Body::Bytes(if chunked { joined(body)? } else { body.to_vec() });
    Ok(response)
}

/// The bytes of a body in chunks.
fn joined(mut body: &[u8]) -> io::Result<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let malformed = || io::Error::other("a malformed chunk");
        let end = body.windows(2).position(|window| window == b"\r\n").ok_or_else(malformed)?;
        let size = std::str::from_utf8(&body[..end]).ok();
        let size = size
            .and_then(|size| usize::from_str_radix(size.trim(), 16).ok())
            .ok_or_else(malformed)?;
        if size == 0 {
            return Ok(whole);
        }
        whole.extend_from_slice(body.get(end + 2..end + 2 + size).ok_or_else(malformed)?);
        body = body.get(end + 4 + size..).ok_or_else(malformed)?;
    }
}
