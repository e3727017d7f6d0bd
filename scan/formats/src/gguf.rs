//! GGUF, the format of llama.cpp: key-value pairs, then tensors by name, type,
//! sizes and offset, then their bytes, which are not read. GGML and its
//! successors, which came before, are recognised.

mod ancient;
mod pairs;
mod rules;
mod tensors;
#[cfg(test)]
mod tests;
mod wire;

pub use ancient::Ggml;
pub use rules::ALL as RULES;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, quoted};

use tensors::Extent;
use wire::Wire;

/// Reads GGUF files.
pub struct Gguf;

impl Reader for Gguf {
    fn format(&self) -> &'static str {
        "GGUF file"
    }

    fn recognises(&self, head: &Head) -> bool {
        let named = head.is_named(&[".gguf"]) && !crate::foreign::is_pointer(&head.begin);
        named || head.begins_with(b"GGUF")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut cursor = part.cursor();
        if cursor.array::<4>()? != *b"GGUF" {
            return Err(Fault::broken(0, "does not begin with its magic number"));
        }
        let version = cursor.array::<4>()?;
        let mut wire = Wire::new(cursor, version, size)?;
        let tensors = wire.count()?;
        let pairs = wire.count()?;
        // The smallest tensor and the smallest pair there can be.
        if tensors > size / 24 || pairs > size / 13 {
            let message = format!(
                "The header promises {tensors} tensors and {pairs} pairs in a file of {size} bytes"
            );
            scan.find(part, rules::COUNT.found(message).at(8));
            return Ok(());
        }
        let pairs = pairs::read(&mut wire, pairs, part, scan)?;
        let Some(alignment) = pairs.alignment else { return Ok(()) };
        let extent = tensors::read(&mut wire, tensors, alignment, part, scan)?;
        judge_end(part, scan, &extent, size)
    }
}

/// Holds the tensors' bytes against the file's size.
fn judge_end<'a>(part: &Part<'a>, scan: &mut Scan<'a>, extent: &Extent, size: u64) -> Result<()> {
    if extent.end > size {
        let Some((name, begin)) = &extent.last else { return Err(Fault::Truncated(size)) };
        let what = format!(
            "ends at byte {size}, before the tensor {}, which is to begin at {begin}, is whole",
            quoted(name)
        );
        if extent.has_gaps {
            let message = format!("The file {what}, where no writer puts it");
            scan.find(part, rules::TENSOR.found(message));
        }
        return Err(Fault::broken(size, what));
    }
    if !extent.is_known || size - extent.end < 64 {
        return Ok(());
    }
    let view = Range::new(part.view().clone(), extent.end, size - extent.end);
    let rest = part.excerpt("bytes behind the tensors", Rc::new(view));
    let begin = rest.view().bytes(0, 4096)?;
    if begin.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    let recognised = scan.part(&rest) || crate::foreign::is_file(&begin);
    let level = if recognised { Level::High } else { rules::TRAILING.level };
    let message = format!("{} bytes follow the last tensor", size - extent.end);
    scan.find(part, rules::TRAILING.found(message).at(extent.end).level(level));
    Ok(())
}
