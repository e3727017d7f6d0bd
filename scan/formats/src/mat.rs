//! MATLAB data of versions 5 to 7: arrays, and objects whose class is code of
//! the reader. Version 7.3 is HDF5.

mod element;
#[cfg(test)]
mod tests;

use std::io::Read;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Level, Part, Reader, Result, Rule, Scan};

use element::Elements;

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
/// Bytes of the begin of an array, its class among them.
const BEGIN: u64 = 64;
/// Bytes of an array of other arrays that are held where it is compressed.
const HELD: u64 = 16 << 20;
/// Of numbers of one byte, which may be a stream of objects.
const HELD_OF_NUMBERS: u64 = 1 << 20;

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
            let elements = |view| Elements { part, view, is_little, told: at };
            match kind {
                14 => elements(part.view().clone()).read(begin, begin + length, scan)?,
                15 => {
                    let bytes = unpacked(&mut cursor, length, is_little, scan)?;
                    let held = bytes.len() as u64;
                    elements(Rc::new(Memory::new(bytes))).read(0, held, scan)?;
                }
                _ => return Err(Fault::broken(at, format!("has an element of kind {kind}"))),
            }
            let padding = if kind == 14 { length.wrapping_neg() % 8 } else { 0 };
            cursor.go_to(begin + length + padding);
        }
        Ok(())
    }
}

/// The array within an element that is compressed, or its begin where it is
/// plain numbers.
fn unpacked(
    cursor: &mut Cursor<'_>,
    length: u64,
    is_little: bool,
    scan: &mut Scan<'_>,
) -> Result<Vec<u8>> {
    let mut packed = flate2::bufread::ZlibDecoder::new(cursor.take(length));
    let mut bytes = Vec::new();
    // What cannot be unpacked no reader of the format loads.
    let _ = packed.by_ref().take(BEGIN).read_to_end(&mut bytes);
    let class = bytes.get(if is_little { 16 } else { 19 }).copied();
    let most = match class {
        Some(1..=3 | 16 | 17) => HELD,
        Some(8 | 9) => HELD_OF_NUMBERS,
        _ => return Ok(Vec::new()),
    };
    let _ = packed.take(most).read_to_end(&mut bytes);
    scan.inflated.spend(bytes.len() as u64)?;
    if bytes.len() as u64 >= most && class == Some(17) {
        return Err(Fault::Limit("bytes of an object"));
    }
    // The tag of the array is read.
    Ok(bytes.split_off(8.min(bytes.len())))
}
