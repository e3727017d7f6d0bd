use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Expand, Stream};
use nix_ai_model_scan_walk::{Cursor, Result, View};

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

/// The begin of a JSON object as UTF-8; `None` where it is not one. A begin of
/// nothing but white space may be one.
pub fn is_object(begin: &[u8]) -> Option<Vec<u8>> {
    let text = match encoding(begin) {
        Encoding::Utf8 => begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin).to_vec(),
        // Of what can be JSON, a begin without the zeros says as much.
        _ => begin.iter().copied().filter(|byte| !matches!(byte, 0 | 0xfe | 0xff)).collect(),
    };
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
        Ok(Box::new(Transcoded { view: view.clone(), place: 0, encoding, high: None }))
    })))
}

struct Transcoded<'a> {
    view: Rc<dyn View + 'a>,
    place: u64,
    encoding: Encoding,
    /// A first half whose second comes.
    high: Option<u32>,
}

impl Transcoded<'_> {
    fn point(&mut self, unit: u32) -> Option<char> {
        match (self.high.take(), unit) {
            (Some(high), 0xdc00..0xe000) => {
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00))
            }
            (_, 0xd800..0xdc00) => {
                self.high = Some(unit);
                None
            }
            (_, 0xfeff) if self.place <= 4 => None,
            _ => Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }
}

impl Expand for Transcoded<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let view = self.view.clone();
        let mut cursor = Cursor::new(&*view);
        cursor.go_to(self.place);
        let mut made = 0;
        while buffer.len() - made >= 4 {
            if cursor.peek()?.is_empty() {
                break;
            }
            // Half a unit at the end is no character.
            let unit = match self.encoding {
                Encoding::Utf32 { big: true } => cursor.array().map(u32::from_be_bytes),
                Encoding::Utf32 { big: false } => cursor.array().map(u32::from_le_bytes),
                Encoding::Utf16 { big: true } => {
                    cursor.array().map(|unit| u32::from(u16::from_be_bytes(unit)))
                }
                _ => cursor.array().map(|unit| u32::from(u16::from_le_bytes(unit))),
            };
            let Ok(unit) = unit else { break };
            self.place = cursor.position();
            if let Some(point) = self.point(unit) {
                made += point.encode_utf8(&mut buffer[made..]).len();
            }
        }
        Ok(made)
    }
}
