//! Asking a real server, whole answers at a time.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Body, Response};

const MOST_HEADERS: usize = 64;

/// Headers that belong to one connection, and what the writer of a response says
/// itself.
const OWN: [&str; 3] = ["connection", "content-length", "transfer-encoding"];

/// Asks `authority` over plain TCP. As a client of HTTP/1.0, which gets no
/// chunks and the connection's end after the answer.
pub(crate) async fn ask(
    authority: &str,
    method: &str,
    target: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<Response> {
    let mut stream = TcpStream::connect(authority).await?;
    let mut head = format!("{method} {target} HTTP/1.0\r\n");
    for (name, value) in headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    parse(&answer, method == "HEAD")
}

fn parse(bytes: &[u8], head_only: bool) -> io::Result<Response> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = answer.parse(bytes).map_err(io::Error::other)? else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let status = answer.code.unwrap_or_default();
    let mut response = Response::new(status, Body::Bytes(bytes[length..].to_owned()));
    for header in answer.headers.iter() {
        let value = String::from_utf8_lossy(header.value).into_owned();
        let name = header.name.to_ascii_lowercase();
        if head_only && name == "content-length" {
            response.delivery.declared = value.parse().ok();
        }
        if !OWN.contains(&name.as_str()) {
            response = response.header(header.name, value);
        }
    }
    Ok(response)
}
