//! Reading a request.

use std::io;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Transport;

const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_BODY: u64 = 16 * 1024 * 1024;
const MOST_HEADERS: usize = 128;

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// What follows the method: a path with its query, a whole URL or an authority.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// What was read beyond the head.
    pub(crate) behind: Vec<u8>,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The path, still percent-encoded, without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// A field of the query, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.target.split_once('?')?;
        let mut fields = query.split('&').filter_map(|field| field.split_once('='));
        let (_, value) = fields.find(|(known, _)| *known == name)?;
        decode(&value.replace('+', " "))
    }

    /// The token of `Authorization: Bearer …`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    fn wants_close(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// Whether another request may follow on this connection.
    pub(crate) fn keeps_alive(&self) -> bool {
        !self.wants_close()
    }
}

/// Percent-decoded text, where it is UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

/// The next request on a connection, its body read and dropped. `carry` holds
/// what was read beyond it. `None` at the connection's orderly end.
pub(crate) async fn read_request(
    transport: &mut dyn Transport,
    carry: &mut Vec<u8>,
) -> io::Result<Option<Incoming>> {
    let Some(mut incoming) = read_head(transport, carry).await? else {
        return Ok(None);
    };
    let length = incoming.header("content-length").map_or(Ok(0), str::parse::<u64>);
    let length = length.map_err(|_| io::Error::other("Content-Length is not a number"))?;
    if length > LARGEST_BODY {
        return Err(io::Error::other("the request's body is too large"));
    }
    if incoming.header("expect").is_some() {
        transport.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let length = length as usize;
    while incoming.behind.len() < length {
        if read_more(transport, &mut incoming.behind).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    *carry = incoming.behind.split_off(length);
    Ok(Some(incoming))
}

/// A request's head; what was read beyond it is in `behind`.
pub(crate) async fn read_head(
    transport: &mut dyn Transport,
    carry: &mut Vec<u8>,
) -> io::Result<Option<Incoming>> {
    loop {
        if let Some(incoming) = parse(carry)? {
            carry.clear();
            return Ok(Some(incoming));
        }
        if carry.len() > LARGEST_HEAD {
            return Err(io::Error::other("the request's head is too large"));
        }
        if read_more(transport, carry).await? == 0 {
            return if carry.is_empty() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
    }
}

async fn read_more(transport: &mut dyn Transport, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 8192];
    let count = transport.read(&mut chunk).await?;
    buffer.extend_from_slice(&chunk[..count]);
    Ok(count)
}

fn parse(bytes: &[u8]) -> io::Result<Option<Incoming>> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let status = request.parse(bytes).map_err(io::Error::other)?;
    let httparse::Status::Complete(length) = status else {
        return Ok(None);
    };
    let headers = request.headers.iter().map(|header| {
        let value = String::from_utf8_lossy(header.value).into_owned();
        (header.name.to_ascii_lowercase(), value)
    });
    Ok(Some(Incoming {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        headers: headers.collect(),
        behind: bytes[length..].to_owned(),
    }))
}
