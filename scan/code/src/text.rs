//! Text, however it is encoded, up to a bound.

use nix_ai_model_scan_walk::{Head, Part, Result};

/// Bytes of a text that are read whole.
pub(crate) const MOST: usize = 8 << 20;

/// A text, and whether more of it was not read.
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) is_cut: bool,
}

/// Reads a part as text: UTF-8, UTF-16 with or without its mark, or else one
/// character a byte.
pub(crate) fn read(part: &Part<'_>, most: usize) -> Result<Text> {
    let mut cursor = part.cursor();
    let mut bytes = Vec::new();
    if part.view().is_random() {
        // Growing step by step would take twice the memory.
        let size = usize::try_from(part.view().size()?).unwrap_or(usize::MAX);
        bytes.reserve_exact(size.min(most) + (128 << 10));
    }
    while bytes.len() <= most {
        let held = cursor.peek()?;
        if held.is_empty() {
            break;
        }
        let more = held.len();
        bytes.extend_from_slice(held);
        cursor.advance(more);
    }
    let is_cut = bytes.len() > most;
    bytes.truncate(most);
    // A sign that was cut makes no other encoding of the text.
    if let Err(error) = std::str::from_utf8(&bytes)
        && is_cut
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
    Ok(Text { text: decode(bytes), is_cut })
}

/// The text that these bytes are.
pub(crate) fn decode(bytes: Vec<u8>) -> String {
    let wide = |bytes: &[u8], number: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| number([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => return wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return wide(rest, u16::from_be_bytes),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => {
            return wide(&bytes, u16::from_le_bytes);
        }
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => {
            return wide(&bytes, u16::from_be_bytes);
        }
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => text['\u{feff}'.len_utf8()..].to_owned(),
        Ok(text) => text,
        Err(error) => error.into_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Whether the part is text in an encoding that [`decode`] knows.
pub(crate) fn is_text(head: &Head) -> bool {
    let utf16 = match head.begin.as_slice() {
        [0xff, 0xfe, third, ..] => *third != 0,
        [0xfe, 0xff, ..] => true,
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] => {
            first.is_ascii_graphic() && second.is_ascii_graphic()
        }
        _ => false,
    };
    utf16 || head.is_text() || is_narrow(&head.begin)
}

/// Whether it reads as a text in an old one-byte encoding: letters with few
/// others between them and no control characters.
fn is_narrow(begin: &[u8]) -> bool {
    let odd = begin.iter().filter(|byte| **byte >= 0x80).count();
    let control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    begin.len() >= 16 && odd * 10 < begin.len() && !begin.iter().any(control)
}

/// The begin of the part as text, to recognise it by.
pub(crate) fn begin(head: &Head) -> String {
    decode(head.begin.clone())
}
