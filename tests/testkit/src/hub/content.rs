//! A file's bytes: whole or in a range.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::revision::File;
use super::state::State;
use crate::wire::{Body, Incoming, Response};

/// The second origin's answer.
pub(crate) fn cdn(state: &State, incoming: &Incoming) -> Response {
    // As S3 does: the signature is the credential, a second one is an error.
    if incoming.header("authorization").is_some() {
        let error = "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed\
                     </Message></Error>";
        return Response::text(400, "application/xml", error);
    }
    match state.signed(&incoming.target) {
        Some(signed) => whole_or_range(incoming, &signed.file),
        None => {
            let error = "<Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>";
            Response::text(403, "application/xml", error)
        }
    }
}

/// What the second origin says of an address whose time is over.
pub(crate) fn expired() -> Response {
    let error = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
    Response::text(403, "application/xml", error)
}

/// 200 with all bytes, 206 with the range that was asked for, or 416.
pub(crate) fn whole_or_range(incoming: &Incoming, file: &File) -> Response {
    let etag = format!("\"{}\"", file.etag());
    let size = file.size;
    let part = |start, length| Body::File { disk: file.disk.clone(), start, length };
    let fresh = incoming.header("if-range").is_none_or(|tag| tag == etag);
    let range = incoming
        .header("range")
        .filter(|_| fresh)
        .map_or(Range::Whole, |range| Range::parse(range, size));
    let response = match range {
        Range::Whole => Response::new(200, part(0, size)),
        Range::Part { start, end } => Response::new(206, part(start, end - start + 1))
            .header("Content-Range", format!("bytes {start}-{end}/{size}")),
        Range::Unsatisfiable => Response::new(416, Body::Bytes(Vec::new()))
            .header("Content-Range", format!("bytes */{size}")),
    };
    response
        .header("Accept-Ranges", "bytes")
        .header("Content-Type", "application/octet-stream")
        .header("ETag", etag)
}

/// `Content-Disposition` for a path's last part, whatever its letters.
pub(crate) fn disposition(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let encoded = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("inline; filename*=UTF-8''{encoded}; filename=\"{encoded}\";")
}

/// What a `Range` header means for a file of a certain size.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    /// No range, or one that is not understood.
    Whole,
    /// Both ends belong to it.
    Part {
        start: u64,
        end: u64,
    },
    Unsatisfiable,
}

impl Range {
    fn parse(header: &str, size: u64) -> Self {
        Self::of(header, size).unwrap_or(Self::Whole)
    }

    fn of(header: &str, size: u64) -> Option<Self> {
        let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
        let (start, end) = if first.is_empty() {
            (size.saturating_sub(last.parse().ok()?), size.checked_sub(1))
        } else {
            let start: u64 = first.parse().ok()?;
            let end = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
            if end < start {
                return None;
            }
            (start, size.checked_sub(1).map(|largest| largest.min(end)))
        };
        Some(match end {
            Some(end) if start <= end => Self::Part { start, end },
            _ => Self::Unsatisfiable,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let part = |start, end| Range::Part { start, end };
        assert_eq!(Range::parse("bytes=0-0", 10), part(0, 0));
        assert_eq!(Range::parse("bytes=2-", 10), part(2, 9));
        assert_eq!(Range::parse("bytes=-3", 10), part(7, 9));
        assert_eq!(Range::parse("bytes=-30", 10), part(0, 9));
        assert_eq!(Range::parse("bytes=5-99", 10), part(5, 9));
        assert_eq!(Range::parse("bytes=10-", 10), Range::Unsatisfiable);
        assert_eq!(Range::parse("bytes=-0", 10), Range::Unsatisfiable);
        assert_eq!(Range::parse("bytes=0-", 0), Range::Unsatisfiable);
        assert_eq!(Range::parse("bytes=5-2", 10), Range::Whole);
        assert_eq!(Range::parse("bytes=0-1,4-5", 10), Range::Whole);
        assert_eq!(Range::parse("lines=0-1", 10), Range::Whole);
    }
}
