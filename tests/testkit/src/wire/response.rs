//! Writing a response, faithfully or as a fault wants it.

use std::io::{self, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::AsyncWriteExt;

use super::body::{Pieces, Wrong};
use super::{Body, Transport};
use crate::fault::Gate;
use crate::record::Entry;

/// A response and how it is to be delivered.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) delivery: Delivery,
}

/// How a response leaves; the default is as it should.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delivery {
    /// A `Content-Length` that may be a lie; the connection is closed after it.
    pub(crate) declared: Option<u64>,
    /// No `Content-Length` at all; the connection's end is the body's.
    pub(crate) unsized_body: bool,
    /// Bytes to change.
    pub(crate) wrong: Option<Wrong>,
    /// Compress the body, whatever was asked for.
    pub(crate) gzip: bool,
    pub(crate) opening: Opening,
    pub(crate) pace: Pace,
}

/// How far the head comes.
#[derive(Debug, Clone, Default)]
pub(crate) enum Opening {
    #[default]
    Whole,
    /// The connection ends after so many bytes of it.
    CutAfter(usize),
    /// Waits at the gate after so many bytes of it.
    StallAfter(usize, Gate),
}

/// When a body's bytes leave.
#[derive(Debug, Clone, Default)]
pub(crate) enum Pace {
    #[default]
    Steady,
    CloseAfter(u64),
    /// The connection breaks, without the words that end it.
    BreakAfter(u64),
    StallAfter(u64, Gate),
    Drip {
        bytes: u64,
        pause: Duration,
    },
}

impl Response {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Self { status, headers: Vec::new(), body, delivery: Delivery::default() }
    }

    pub(crate) fn text(status: u16, content_type: &str, text: impl Into<String>) -> Self {
        Self::new(status, Body::Bytes(text.into().into_bytes()))
            .header("Content-Type", content_type)
    }

    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", value.to_string())
    }

    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::text(status, "text/plain; charset=utf-8", "Redirecting")
            .header("Location", location.to_owned())
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Gives a header another value where it is there.
    pub(crate) fn replace_header(&mut self, name: &str, value: &str) {
        for (known, old) in &mut self.headers {
            if known.eq_ignore_ascii_case(name) {
                value.clone_into(old);
            }
        }
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    fn closes(&self) -> bool {
        self.delivery.declared.is_some()
            || self.delivery.unsized_body
            || matches!(self.delivery.pace, Pace::CloseAfter(_) | Pace::BreakAfter(_))
    }
}

/// Writes a response and says whether the connection may go on.
pub(crate) async fn write_response(
    transport: &mut dyn Transport,
    response: Response,
    head_only: bool,
    entry: &Entry,
) -> io::Result<bool> {
    let closes = response.closes();
    if !write_head(transport, &head(&response, closes), &response.delivery.opening).await? {
        return Ok(false);
    }
    if !head_only {
        let Delivery { wrong, gzip, pace, .. } = response.delivery;
        let pieces = response.body.pieces(wrong).await?;
        if gzip {
            write_compressed(transport, pieces, entry).await?;
        } else if !write_paced(transport, pieces, pace, entry).await? {
            return Ok(false);
        }
    }
    Ok(!closes)
}

fn head(response: &Response, closes: bool) -> String {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if response.delivery.gzip {
        head.push_str("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n");
    } else if !response.delivery.unsized_body {
        let length = response.delivery.declared.unwrap_or(response.body.length());
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    if closes {
        head.push_str("Connection: close\r\n");
    }
    head + "\r\n"
}

/// `false` where the connection ends before the head's end.
async fn write_head(
    transport: &mut dyn Transport,
    head: &str,
    opening: &Opening,
) -> io::Result<bool> {
    let (Opening::CutAfter(most) | Opening::StallAfter(most, _)) = opening else {
        transport.write_all(head.as_bytes()).await?;
        transport.flush().await?;
        return Ok(true);
    };
    let (first, rest) = head.as_bytes().split_at(head.len().min(*most));
    transport.write_all(first).await?;
    transport.flush().await?;
    let Opening::StallAfter(_, gate) = opening else {
        transport.shutdown().await?;
        return Ok(false);
    };
    gate.stand().await;
    transport.write_all(rest).await?;
    transport.flush().await?;
    Ok(true)
}

/// `false` where the pace ends the connection before the body's end.
async fn write_paced(
    transport: &mut dyn Transport,
    mut pieces: Pieces,
    pace: Pace,
    entry: &Entry,
) -> io::Result<bool> {
    let mut sent = 0;
    loop {
        let most = match &pace {
            Pace::CloseAfter(after) if sent >= *after => {
                transport.shutdown().await?;
                return Ok(false);
            }
            Pace::BreakAfter(after) if sent >= *after => {
                transport.abort();
                return Ok(false);
            }
            Pace::StallAfter(after, gate) if sent == *after => {
                gate.stand().await;
                u64::MAX
            }
            Pace::CloseAfter(after) | Pace::BreakAfter(after) | Pace::StallAfter(after, _)
                if sent < *after =>
            {
                after - sent
            }
            Pace::Drip { bytes, pause } => {
                tokio::time::sleep(*pause).await;
                (*bytes).max(1)
            }
            _ => u64::MAX,
        };
        let piece = pieces.next(most).await?;
        if piece.is_empty() {
            return Ok(true);
        }
        transport.write_all(&piece).await?;
        transport.flush().await?;
        sent += piece.len() as u64;
        entry.sent(piece.len() as u64);
    }
}

async fn write_compressed(
    transport: &mut dyn Transport,
    mut pieces: Pieces,
    entry: &Entry,
) -> io::Result<()> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    loop {
        let piece = pieces.next(u64::MAX).await?;
        let last = piece.is_empty();
        if last {
            encoder.try_finish()?;
        } else {
            encoder.write_all(&piece)?;
        }
        let compressed = std::mem::take(encoder.get_mut());
        if !compressed.is_empty() {
            let size = format!("{:x}\r\n", compressed.len());
            transport.write_all(size.as_bytes()).await?;
            transport.write_all(&compressed).await?;
            transport.write_all(b"\r\n").await?;
            entry.sent(compressed.len() as u64);
        }
        if last {
            transport.write_all(b"0\r\n\r\n").await?;
            return transport.flush().await;
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        302 => "Found",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        407 => "Proxy Authentication Required",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
