//! safetensors: eight bytes that say how long a JSON header is, the header, and
//! the tensors that it lays out. Only the header is read.

mod header;
mod layout;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Part, Reader, Result, Scan};

use crate::foreign::{is_file, is_pointer};
use layout::Layout;

/// Bytes of the longest header that the libraries read.
const HEADER: u64 = 100_000_000;

/// Stretches of a file that are handed over as parts.
const STRETCHES: usize = 64;

/// Reads safetensors files.
pub struct Safetensors;

impl Reader for Safetensors {
    fn format(&self) -> &'static str {
        "safetensors file"
    }

    fn recognises(&self, head: &Head) -> bool {
        if head.is_named(&[".safetensors", ".sft"]) {
            return !is_pointer(&head.begin);
        }
        let Some(Ok(length)) = head.begin.get(..8).map(<[u8; 8]>::try_from) else { return false };
        let length = u64::from_le_bytes(length);
        (2..=HEADER).contains(&length)
            && head.size.is_none_or(|size| size - 8 >= length)
            && head.has_at(8, b"{")
            && matches!(head.begin.get(9), Some(b'"' | b'}' | b' ' | b'\n'))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut cursor = part.cursor();
        let length = cursor.u64()?;
        if length > HEADER {
            let message = format!(
                "The header says that it is {length} bytes long, where libraries read {HEADER} at most"
            );
            scan.find(part, rules::HEADER.found(message));
            return Ok(());
        }
        let data = 8 + length;
        if data > size {
            let message = format!("The header says that it ends at byte {data} of {size}");
            scan.find(part, rules::HEADER.found(message));
            return Err(Fault::Truncated(size));
        }
        if cursor.peek()?.first() != Some(&b'{') {
            return Err(Fault::broken(8, "has a header that does not begin with {"));
        }
        let mut layout = Layout::new(size - data);
        header::read(&mut cursor, length, part, scan, &mut layout)?;
        layout.judge(part, scan);
        hand_over(part, scan, data, &layout);
        Ok(())
    }
}

/// Hands over what lies beside the tensors, and tensors that begin like files.
fn hand_over<'a>(part: &Part<'a>, scan: &mut Scan<'a>, data: u64, layout: &Layout) {
    for (begin, end) in layout.unclaimed().take(STRETCHES) {
        let view = Range::new(part.view().clone(), data + begin, end - begin);
        scan.part(&part.excerpt(&format!("unclaimed bytes from {}", data + begin), Rc::new(view)));
    }
    let mut cursor = Cursor::new(&**part.view());
    for &(begin, end) in layout.bytes() {
        cursor.go_to(data + begin);
        if cursor.peek().is_ok_and(is_file) {
            let view = Range::new(part.view().clone(), data + begin, end - begin);
            let name = format!("tensor at {}", data + begin);
            let message =
                format!("The tensor at byte {} begins like a file of its own", data + begin);
            scan.find(part, rules::HIDDEN.found(message).at(data + begin));
            scan.part(&part.excerpt(&name, Rc::new(view)));
        }
    }
}
