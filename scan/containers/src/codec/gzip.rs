use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};

use super::inflate::Inflating;
use crate::feed::Feed;

/// The header's flags of a checksum, extra bytes, a name and a comment.
const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// Gzip members, one after the other.
pub struct Gunzip<'a> {
    deflate: Inflating<'a>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Begin,
    Within,
    Ended,
}

impl<'a> Gunzip<'a> {
    pub fn new(feed: Feed<'a>) -> Self {
        Self { deflate: Inflating::new(feed, false), state: State::Begin }
    }

    /// Passes over the checksum and size, and finds out whether another member
    /// follows. Everybody passes over zeros between them.
    fn next_member(&mut self) -> Result<()> {
        let feed = self.deflate.feed();
        // A checksum that is cut short ends the stream all the same.
        for _ in 0..8 {
            if feed.peek()?.is_empty() {
                break;
            }
            feed.advance(1);
        }
        loop {
            let held = feed.peek()?;
            let zeros = held.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                break;
            }
            feed.advance(zeros);
        }
        self.state = match feed.peek()? {
            [0x1f, 0x8b, ..] | [0x1f] => State::Begin,
            [] => State::Ended,
            // Python refuses the file here, when all before is loaded.
            _ => return Err(Fault::broken(feed.position(), "is followed by other bytes")),
        };
        self.deflate.restart(false);
        Ok(())
    }
}

impl Expand for Gunzip<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        while self.state != State::Ended {
            if self.state == State::Begin {
                header(self.deflate.feed())?;
                self.state = State::Within;
            }
            match self.deflate.expand(buffer)? {
                0 if buffer.is_empty() => return Ok(0),
                0 => self.next_member()?,
                made => return Ok(made),
            }
        }
        Ok(0)
    }
}

/// Passes over a member's header.
fn header(feed: &mut Feed<'_>) -> Result<()> {
    let [first, second, method, flags, ..] = feed.array::<10>()?;
    if [first, second] != [0x1f, 0x8b] {
        return Err(Fault::broken(feed.position(), "has no gzip header where one must be"));
    }
    if method != 8 {
        return Err(Fault::Unsupported(format!("gzip's compression method {method}")));
    }
    if flags & HAS_EXTRA != 0 {
        let length = u16::from_le_bytes(feed.array()?);
        for _ in 0..length {
            feed.array::<1>()?;
        }
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        while flags & flag != 0 && feed.array::<1>()? != [0] {}
    }
    if flags & HAS_CHECKSUM != 0 {
        feed.array::<2>()?;
    }
    Ok(())
}
