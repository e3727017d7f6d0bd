//! HTTP by hand: what the hub's bytes really are, with no client's kindness
//! in between.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The path of a redirect, whatever its host.
    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap()
    }
}

/// Asks once, and reads to the connection's end.
pub(crate) fn ask(method: &str, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = send(method, url, headers);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_owned()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end + 4..].to_owned() }
}

/// Asks and leaves the answer to be read.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)]) -> TcpStream {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(authority).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// A GET without headers.
pub(crate) fn get(url: &str) -> Answer {
    ask("GET", url, &[])
}
