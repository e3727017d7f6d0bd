//! Long texts that stand for bytes, a character each: Python's protocols up to
//! 2 have no bytes, and call `_codecs.encode(text, "latin1")` for them.

use std::ops::Deref;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Expand, Stream};
use nix_ai_model_scan_walk::{Fault, Result, View};

use crate::{opcode, text};

/// Bytes of the longest escape of a line.
const ESCAPE: usize = 10;

/// Where such a text is, and how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoded {
    pub begin: u64,
    /// Bytes of UTF-8; `None` of a line of `UNICODE`.
    pub length: Option<u64>,
}

impl Encoded {
    /// The bytes that it stands for.
    pub(crate) fn view<'a>(self, part: &Rc<dyn View + 'a>) -> Rc<dyn View + 'a> {
        let part = part.clone();
        Rc::new(Stream::new(move || {
            Ok(Box::new(Decoding { view: part.clone(), place: self.begin, text: self }))
        }))
    }

    /// The first of them.
    pub(crate) fn head(self, view: &dyn View) -> Option<Vec<u8>> {
        let mut head = vec![0; super::texts::LONGEST];
        let mut decoding = Decoding { view, place: self.begin, text: self };
        let made = decoding.expand(&mut head).ok()?;
        head.truncate(made);
        Some(head)
    }

    /// The bytes that these stand for, and how many of them are taken: not what
    /// goes on behind them, unless that is the end.
    fn decoded(self, bytes: &[u8], is_end: bool) -> Result<(Vec<u8>, usize)> {
        let broken = || Fault::broken(self.begin, "has a character that is no byte");
        let (text, used) = match self.length {
            None => {
                let tail = bytes.len().saturating_sub(ESCAPE);
                let open = bytes[tail..].iter().position(|byte| *byte == b'\\' && !is_end);
                let used = open.map_or(bytes.len(), |open| tail + open);
                (text::unescaped(opcode::UNICODE, &bytes[..used]), used)
            }
            Some(_) => {
                let used = match std::str::from_utf8(bytes) {
                    Err(error) if error.error_len().is_none() && !is_end => error.valid_up_to(),
                    _ => bytes.len(),
                };
                (bytes[..used].to_vec(), used)
            }
        };
        Ok((text::narrow(&text).ok_or_else(broken)?, used))
    }
}

struct Decoding<V> {
    view: V,
    place: u64,
    text: Encoded,
}

impl<V: Deref<Target: View>> Expand for Decoding<V> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        // No character is written in less than a byte.
        let mut bytes = self.view.bytes(self.place, buffer.len())?;
        let left = match self.text.length {
            Some(length) => Some((self.text.begin + length).saturating_sub(self.place)),
            None => bytes.iter().position(|byte| *byte == b'\n').map(|line| line as u64),
        };
        let is_end =
            bytes.len() < buffer.len() || left.is_some_and(|left| left <= bytes.len() as u64);
        if let Some(left) = left {
            bytes.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        let (made, used) = self.text.decoded(&bytes, is_end)?;
        self.place += used as u64;
        buffer[..made.len()].copy_from_slice(&made);
        Ok(made.len())
    }
}
