use std::borrow::Cow;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Expand, Stream};
use nix_ai_model_scan_walk::{Buffered, Fault, Result, View};

/// How the text is written. Python's `json.loads` takes bytes in any of these,
/// with a byte order mark or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 { big: bool },
    Utf32 { big: bool },
}

fn encoding(begin: &[u8]) -> Encoding {
    match begin {
        [0xff, 0xfe, 0, 0, ..] => Encoding::Utf32 { big: false },
        [0, 0, 0xfe, 0xff, ..] => Encoding::Utf32 { big: true },
        [0xff, 0xfe, ..] => Encoding::Utf16 { big: false },
        [0xfe, 0xff, ..] => Encoding::Utf16 { big: true },
        [0, 0, 0, 1..=255, ..] => Encoding::Utf32 { big: true },
        [1..=255, 0, 0, 0, ..] => Encoding::Utf32 { big: false },
        [0, 1..=255, ..] => Encoding::Utf16 { big: true },
        [1..=255, 0, ..] => Encoding::Utf16 { big: false },
        _ => Encoding::Utf8,
    }
}

impl Encoding {
    /// Bytes of a unit.
    fn width(self) -> usize {
        match self {
            Self::Utf8 => 1,
            Self::Utf16 { .. } => 2,
            Self::Utf32 { .. } => 4,
        }
    }

    /// The number that a unit's bytes are.
    fn unit(self, bytes: &[u8]) -> u32 {
        let add = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        match self {
            Self::Utf16 { big: false } | Self::Utf32 { big: false } => {
                bytes.iter().rev().fold(0, add)
            }
            _ => bytes.iter().fold(0, add),
        }
    }
}

/// The begin of a text as UTF-8, its mark left out.
pub fn begin(bytes: &[u8]) -> Cow<'_, [u8]> {
    let encoding = encoding(bytes);
    if encoding == Encoding::Utf8 {
        return bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).into();
    }
    let mut points = Points::default();
    let units = bytes.chunks_exact(encoding.width());
    let text: String = units.filter_map(|bytes| points.next(encoding.unit(bytes))).collect();
    text.into_bytes().into()
}

/// The begin of a JSON object as UTF-8; `None` where it is not one. A begin of
/// nothing but white space may be one.
pub fn is_object(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = begin(bytes);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    (!text.is_empty() && first.is_none_or(|first| *first == b'{')).then_some(text)
}

/// The view as UTF-8.
///
/// # Errors
/// Where it cannot be read.
pub fn unified<'a>(view: &Rc<dyn View + 'a>) -> Result<Rc<dyn View + 'a>> {
    let encoding = encoding(&view.bytes(0, 4)?);
    if encoding == Encoding::Utf8 {
        return Ok(view.clone());
    }
    let view = view.clone();
    Ok(Rc::new(Stream::new(move || {
        let cursor = Buffered::new(view.clone());
        Ok(Box::new(Transcoded { cursor, encoding, points: Points::default() }))
    })))
}

/// What units are characters of.
#[derive(Default)]
struct Points {
    /// Whether a unit came.
    began: bool,
    /// A first half whose second comes.
    high: Option<u32>,
}

impl Points {
    fn next(&mut self, unit: u32) -> Option<char> {
        let is_first = !std::mem::replace(&mut self.began, true);
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..0xe000) => {
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00))
            }
            (_, 0xd800..0xdc00) => {
                self.high = Some(unit);
                None
            }
            (_, 0xfeff) if is_first => None,
            _ => Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

struct Transcoded<'a> {
    cursor: Buffered<Rc<dyn View + 'a>>,
    encoding: Encoding,
    points: Points,
}

impl Expand for Transcoded<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut unit = [0; 4];
        let unit = &mut unit[..self.encoding.width()];
        let mut made = 0;
        while buffer.len() - made >= 4 {
            match self.cursor.fill(unit) {
                Ok(()) => {}
                // Half a unit at the end is no character.
                Err(Fault::Truncated(_)) => break,
                Err(fault) => return Err(fault),
            }
            if let Some(point) = self.points.next(self.encoding.unit(unit)) {
                made += point.encode_utf8(&mut buffer[made..]).len();
            }
        }
        Ok(made)
    }
}
