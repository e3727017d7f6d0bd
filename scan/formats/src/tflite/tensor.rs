//! Tensors against the buffers that hold their numbers.

use nix_ai_model_scan_walk::{Result, quoted};

use super::{Model, rules};
use crate::flatbuffer::Table;

/// What is known of a buffer.
pub struct Buffer {
    /// In bytes.
    pub length: u64,
}

impl Model<'_, '_> {
    pub(super) fn tensor(&mut self, tensor: Table, buffers: &[Buffer]) -> Result<()> {
        let index = self.flat.number(tensor, 2, 0)?;
        let Some(buffer) = buffers.get(index as usize) else {
            self.lie(format!("A tensor uses the buffer {index}, of {}", buffers.len()));
            return Ok(());
        };
        let shape = self.flat.vector(tensor, 0, 4)?;
        self.tables += u64::from(shape.length);
        let mut numbers = Some(1_u64);
        for place in shape.places(4) {
            let size = u64::try_from(self.flat.u32(place)?.cast_signed()).ok();
            numbers = numbers.zip(size).and_then(|(numbers, size)| numbers.checked_mul(size));
        }
        // Interpreters count in 32 bits.
        let numbers = numbers.filter(|numbers| i32::try_from(*numbers).is_ok());
        let kind = self.flat.byte(tensor, 1)?;
        let bits = bits(kind);
        let bytes = numbers.and_then(|numbers| numbers.checked_mul(bits.unwrap_or(8)));
        let bytes = bytes.map(|bits| bits.div_ceil(8));
        let sparse = self.flat.field(tensor, 6)?.is_some();
        let wrong = match bytes {
            None => Some("has sizes that are none, or more numbers than can be held".to_owned()),
            Some(bytes) => {
                (buffer.length > 0 && bits.is_some() && !sparse && bytes != buffer.length)
                    .then(|| format!("takes {bytes} bytes, and its buffer has {}", buffer.length))
            }
        };
        if let Some(wrong) = wrong {
            self.tables += 64;
            let name = self.flat.text(tensor, 3)?;
            let message = format!("The tensor {} {wrong}", quoted(&name));
            self.scan.find(self.part, rules::TENSOR.found(message));
        }
        Ok(())
    }
}

/// Bits of a number of this type; `None` for strings, handles and what is new.
fn bits(kind: u8) -> Option<u64> {
    Some(match kind {
        0 | 2 | 15 => 32,
        1 | 7 | 16 | 18 => 16,
        3 | 6 | 9 => 8,
        4 | 8 | 10 | 12 => 64,
        11 => 128,
        17 => 4,
        _ => return None,
    })
}
