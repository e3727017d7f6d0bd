//! Values of databases and columns: stores keep pickles in them, and unpickle
//! what they look up.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Part, Result, Scan};

use crate::base64::decoded;

/// Pickles of protocol 2 and later in base64.
const ENCODED: &[&[u8]] = &[b"gAJ", b"gAN", b"gAO", b"gAR", b"gAS", b"gAV", b"gAW"];

/// Whether another reader is asked about a value that begins like this.
pub fn is_handed_over(value: &[u8], is_text: bool) -> bool {
    if is_text {
        return ENCODED.iter().any(|begin| value.starts_with(begin));
    }
    let is_line = |rest: &[u8]| {
        let name =
            rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
        let name = name.count();
        name > 0 && (rest.len() == name || rest[name] == b'\n')
    };
    match value {
        [0x80, protocol, ..] => *protocol <= 5,
        [b'c' | b'i', rest @ ..] | [b'(', b'c' | b'i', rest @ ..] => is_line(rest),
        [b'(', b'd' | b'l' | b't', b'p' | b'q' | b'.' | b'(', ..] => true,
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, 8, ..] | [0x78, 1 | 0x5e | 0x9c | 0xda, ..] => true,
        [b'\x89', b'H', b'D', b'F', ..] | [0x93, b'N', b'U', b'M', ..] => true,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [4, 0x22, 0x4d, 0x18, ..] | [0xfd, b'7', b'z', ..] => true,
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => true,
        _ => false,
    }
}

/// Hands a value over. Values may be within one another, so that each is paid
/// for like bytes that are unpacked.
///
/// # Errors
/// Where these are spent.
pub fn hand_over<'a>(
    part: &Part<'a>,
    name: &str,
    value: Vec<u8>,
    scan: &mut Scan<'a>,
) -> Result<()> {
    scan.inflated.spend(value.len() as u64)?;
    scan.part(&part.excerpt(name, Rc::new(Memory::new(value))));
    Ok(())
}

/// What a value holds that is handed over: of text, what it encodes.
pub fn content(value: &[u8], is_text: bool) -> Option<Vec<u8>> {
    if is_text { decoded(value) } else { Some(value.to_vec()) }
}

/// Bytes of a pickle whose length is not known.
const UNKNOWN: u64 = 64 << 10;

/// The length of a pickle that begins with these bytes, of which no numbers or
/// texts are made by chance: it says its own length, or names something first.
pub fn pickle_length(begin: &[u8]) -> Option<u64> {
    match begin {
        [0x80, 4 | 5, 0x95, length @ ..] => {
            let length = u64::from_le_bytes(*length.first_chunk()?);
            (4..1 << 32).contains(&length).then(|| length + 11)
        }
        [0x80, 2 | 3, b'c', names @ ..] => {
            let mut lines = names[..names.len().min(120)].split(|byte| *byte == b'\n');
            let mut is_name = || {
                lines.next().is_some_and(|name| {
                    name.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
                        && name.iter().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(b))
                })
            };
            (is_name() && is_name() && lines.next().is_some()).then_some(UNKNOWN)
        }
        _ => None,
    }
}
