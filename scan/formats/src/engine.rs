//! Models that were compiled for one device, and other formats without a public
//! description: they are recognised, and looked through for what no model has.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, quoted};

use crate::foreign::{code, is_pointer, outside};

/// Bytes that are looked through.
const LOOKED: u64 = 256 << 20;
/// Bytes of printable text that are taken for text, at least and at most.
const TEXT: (usize, usize) = (12, 4096);
/// The machine of code for graphics processors, in headers of executables.
const CUDA: [u8; 2] = [190, 0];

/// Reads compiled models.
pub struct Engine;

impl Reader for Engine {
    fn format(&self) -> &'static str {
        "compiled model"
    }

    fn recognises(&self, head: &Head) -> bool {
        // Other contents under these names are judged as what they are.
        let others = [&b"PK"[..], b"\x80", b"{", b"<", b"\x1f\x8b"];
        let other = others.iter().any(|other| head.begins_with(other)) || is_pointer(&head.begin);
        let named =
            head.is_named(&[".engine", ".plan", ".trt", ".rknn", ".mnn", ".om", ".dlc", ".hef"]);
        named && !other && !head.is_text() && !head.begin.is_empty()
            || head.begins_with(b"RKNN")
            || head.begins_with(b"ptrt")
            || head.begins_with(b"ftrt")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let name = part.name().to_lowercase();
        let native =
            [".engine", ".plan", ".trt", ".om", ".hef"].iter().any(|end| name.ends_with(end));
        let level = if native { Level::Medium } else { Level::Low };
        let message = "The model was compiled for one device: what it runs cannot be seen";
        scan.find(part, rules::COMPILED.found(message).level(level));
        look(part, scan)
    }
}

/// Looks through the bytes for text that is code, and for executables.
fn look(part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let mut cursor = part.cursor();
    let mut text = Vec::with_capacity(TEXT.1);
    let mut header = Header::default();
    while cursor.position() < LOOKED {
        let place = cursor.position();
        let held = cursor.peek()?;
        let length = held.len();
        if length == 0 {
            judge(&text, place, part, scan);
            return Ok(());
        }
        for (index, &byte) in held.iter().enumerate() {
            if let Some(what) = header.byte(byte) {
                let message = format!("An executable {what} is within the model");
                scan.find(part, rules::EXECUTABLE.found(message).at(place + index as u64));
            }
            if matches!(byte, b' '..=b'~' | b'\n' | b'\t') && text.len() < TEXT.1 {
                text.push(byte);
            } else if !text.is_empty() {
                judge(&text, place + index as u64, part, scan);
                text.clear();
            }
        }
        cursor.advance(length);
    }
    Err(Fault::Limit("bytes"))
}

fn judge(text: &[u8], end: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
    if text.len() < TEXT.0 {
        return;
    }
    let text = String::from_utf8_lossy(text);
    let place = end.saturating_sub(text.len() as u64);
    if let Some(what) = code(&text) {
        let message = format!("The model holds {what}: {}", quoted(&text));
        scan.find(part, rules::CODE.found(message).at(place));
    }
    let is_library = |word: &&str| [".so", ".dll", ".dylib"].iter().any(|end| word.ends_with(end));
    let library = text.split_ascii_whitespace().filter(is_library);
    if let Some((path, why)) = library.filter_map(|path| Some((path, outside(path)?))).next() {
        let message = format!("The model names the library {}, which {why}", quoted(path));
        scan.find(part, rules::EXECUTABLE.found(message).at(place));
    }
}

/// The last bytes, as they may be the header of an executable.
#[derive(Default)]
struct Header {
    last: [u8; 20],
    count: u64,
}

impl Header {
    /// Takes a byte; says what executable the last twenty begin.
    fn byte(&mut self, byte: u8) -> Option<&'static str> {
        self.last.rotate_left(1);
        self.last[19] = byte;
        self.count += 1;
        if self.count < 20 {
            return None;
        }
        let elf = self.last.starts_with(b"\x7fELF")
            && matches!(self.last[4..7], [1 | 2, 1 | 2, 1])
            && self.last[18..20] != CUDA;
        let windows = self.last[14..18] == *b"PE\0\0"
            && matches!(self.last[18..20], [0x4c, 0x01] | [0x64, 0x86] | [0x64, 0xaa]);
        match (elf, windows) {
            (true, _) => Some("for Linux"),
            (_, true) => Some("for Windows"),
            _ => None,
        }
    }
}
