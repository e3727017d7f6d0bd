//! MATLAB data of versions 5 to 7: arrays, and objects whose class is code of
//! the reader. Version 7.3 is HDF5.

#[cfg(test)]
mod tests;

use std::io::Read;

use nix_ai_model_scan_walk::{Cursor, Fault, Head, Level, Part, Reader, Result, Rule, Scan};

/// An array that is more than data.
pub static OBJECT: Rule = Rule {
    id: "mat/object",
    level: Level::Medium,
    title: "MATLAB data with functions or objects",
    why: "MATLAB makes the object by its class's own code when the file is loaded, and calls a function handle as what it says.",
    advice: "Ask the publisher for plain arrays.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&OBJECT];

/// Bytes of the header.
const HEADER: u64 = 128;

/// MATLAB data.
pub struct Mat;

impl Reader for Mat {
    fn format(&self) -> &'static str {
        "MATLAB file"
    }

    fn recognises(&self, head: &Head) -> bool {
        // Version 7.3 says so, and is another reader's.
        head.begins_with(b"MATLAB 5.0 MAT-file")
            && (head.has_at(126, b"IM") || head.has_at(126, b"MI"))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut cursor = part.cursor();
        cursor.go_to(126);
        let is_little = cursor.array()? == *b"IM";
        let number = |bytes: [u8; 4]| {
            if is_little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
        };
        cursor.go_to(HEADER);
        while cursor.position().saturating_add(8) <= size {
            scan.budget.step(16)?;
            let at = cursor.position();
            let (kind, length) = (number(cursor.array()?), u64::from(number(cursor.array()?)));
            if length > size.saturating_sub(cursor.position()) {
                return Err(Fault::broken(at, "has an array that is longer than the file"));
            }
            let begin = cursor.position();
            let class = match kind {
                14 => class(&mut cursor, is_little),
                15 => packed_class(&mut cursor, is_little),
                _ => return Err(Fault::broken(at, format!("has an element of kind {kind}"))),
            };
            if let Some(what) = class.and_then(named) {
                scan.find(part, OBJECT.found(format!("an array is {what}")).at(at));
            }
            let padding = if kind == 14 { length.wrapping_neg() % 8 } else { 0 };
            cursor.go_to(begin + length + padding);
        }
        Ok(())
    }
}

/// The class of an array: the first byte of its flags.
fn class(cursor: &mut Cursor<'_>, is_little: bool) -> Option<u8> {
    cursor.skip(8);
    let flags = cursor.array::<4>().ok()?;
    Some(if is_little { flags[0] } else { flags[3] })
}

/// The class of an array within an element that is compressed.
fn packed_class(cursor: &mut Cursor<'_>, is_little: bool) -> Option<u8> {
    let mut begin = [0; 20];
    flate2::bufread::ZlibDecoder::new(cursor).read_exact(&mut begin).ok()?;
    Some(if is_little { begin[16] } else { begin[19] })
}

fn named(class: u8) -> Option<&'static str> {
    match class {
        3 => Some("an object of an old class"),
        16 => Some("a function handle"),
        17 => Some("an object of MATLAB or Java"),
        _ => None,
    }
}
