//! The files that torch wrote before it wrote zip archives.

use std::collections::HashMap;

use nix_ai_model_scan_walk::{Result, View};

use crate::decode::{Argument, Step, decode};
use crate::machine::Machine;
use crate::opcode;

/// Pickles before the storages: magic number, version, system, object, keys.
pub(crate) const PICKLES: u32 = 5;
/// The magic number, as a pickled integer.
const MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/// The same as text, by protocols 0 and 1.
const TEXT: &[u8] = b"L119547037146038801333356L\n.";

/// Whether a file begins like one.
pub(crate) fn is_legacy(begin: &[u8]) -> bool {
    let rest = match begin {
        [opcode::PROTO, _, opcode::FRAME, rest @ ..] => rest.get(8..).unwrap_or_default(),
        [opcode::PROTO, _, rest @ ..] => rest,
        rest => rest,
    };
    rest.starts_with(MAGIC) || rest.starts_with(TEXT)
}

/// Bytes of an element of a storage class.
pub(crate) fn width(class: &str) -> Option<u8> {
    Some(match class.rsplit('.').next()? {
        "ComplexDoubleStorage" => 16,
        "DoubleStorage" | "LongStorage" | "ComplexFloatStorage" => 8,
        "FloatStorage" | "IntStorage" | "QInt32Storage" => 4,
        "HalfStorage" | "ShortStorage" | "BFloat16Storage" => 2,
        "CharStorage" | "ByteStorage" | "BoolStorage" | "QInt8Storage" | "QUInt8Storage"
        | "UntypedStorage" | "_UntypedStorage" | "QUInt4x2Storage" | "QUInt2x4Storage" => 1,
        _ => return None,
    })
}

/// Where the storages end whose keys the pickle from `begin` to `end` lists;
/// `None` where that cannot be told.
pub(crate) fn end_of_storages(
    view: &dyn View,
    begin: u64,
    end: u64,
    widths: &HashMap<Vec<u8>, u8>,
) -> Result<Option<u64>> {
    let length = usize::try_from(end.saturating_sub(begin)).unwrap_or(usize::MAX);
    let pickle = view.bytes(begin, length.min(4 << 20))?;
    let mut place = end;
    let mut next = 0;
    while let Step::Done(op) = decode(pickle.get(next..).unwrap_or_default()) {
        let whole = usize::try_from(op.whole()).unwrap_or(usize::MAX);
        let is_text = !matches!(op.code, opcode::LONG1 | opcode::LONG4);
        if let Argument::Payload(_) = op.argument
            && is_text
        {
            let key = pickle.get(next + op.length..next.saturating_add(whole));
            let Some(width) = key.and_then(|key| widths.get(key)).filter(|width| **width > 0)
            else {
                return Ok(None);
            };
            let count = u64::from_le_bytes(match view.bytes(place, 8)?.try_into() {
                Ok(bytes) => bytes,
                Err(_) => return Ok(None),
            });
            let Some(after) = count
                .checked_mul(u64::from(*width))
                .and_then(|bytes| bytes.checked_add(place.checked_add(8)?))
            else {
                return Ok(None);
            };
            place = after;
        }
        next = next.saturating_add(whole);
    }
    Ok(Some(place))
}

/// Bytes between two pickles of the members `storages` and `tensors` of
/// torch's tar archives.
pub(crate) fn gap(name: &str, pickles: u32, ahead: &[u8], machine: &Machine<'_>) -> Option<u64> {
    if pickles < 2 {
        return None;
    }
    match name {
        "storages" => {
            let count = u64::from_le_bytes(ahead.first_chunk().copied()?);
            let width = machine.width_of_result()?;
            count.checked_mul(u64::from(width))?.checked_add(8)
        }
        "tensors" => {
            let dimensions = u32::from_le_bytes(ahead.first_chunk().copied()?);
            Some(8 + u64::from(dimensions).checked_mul(16)? + 8)
        }
        _ => None,
    }
}

impl Machine<'_> {
    /// Bytes of an element of the storage class that is the last of a pickle's
    /// tuple.
    fn width_of_result(&self) -> Option<u8> {
        let (items, _) = self.items_of(self.result)?;
        let class = items.iter().rev().find_map(|item| match item.kind() {
            crate::value::Kind::Name(number) => self.names.get(number),
            _ => None,
        })?;
        width(&class.name)
    }
}
