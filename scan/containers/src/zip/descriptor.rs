//! What is told behind a member's bytes, where its headers leave that open.

use nix_ai_model_scan_walk::{Result, View};

use super::end::number;
use super::record::Record;

const SIGNATURE: &[u8; 4] = b"PK\x07\x08";
/// Bytes of the longest form, with signature and wide sizes.
pub const LONGEST: u64 = 24;

/// Checksum, compressed size, size.
type Told = (u32, u64, u64);

/// How the data descriptor of a member at `data` differs from what the
/// directory says, if it does: loaders that read the archive as a stream go by
/// it.
pub fn difference(
    view: &dyn View,
    central: &Record,
    local: &Record,
    data: u64,
) -> Result<Option<String>> {
    let bytes = view.bytes(data.saturating_add(central.compressed), LONGEST as usize)?;
    let signed = bytes.strip_prefix(SIGNATURE);
    let is_told = |told: Told| {
        // Narrow sizes are what fits of them.
        told.0 == central.crc
            && [(told.1, central.compressed), (told.2, central.size)]
                .into_iter()
                .all(|(told, size)| told == size || told == size % (1 << 32))
    };
    let forms = [signed, Some(&bytes[..])].into_iter().flatten();
    if forms.flat_map(|form| [narrow(form), wide(form)]).any(is_told) {
        return Ok(None);
    }
    Ok(match signed {
        Some(form) => {
            let (crc, compressed, size) = narrow(form);
            Some(format!(
                "the data descriptor tells of {size} bytes from {compressed} with the checksum {crc:08x}"
            ))
        }
        // Some leave it out, and have put everything into the header.
        None if local.compressed == central.compressed && local.crc == central.crc => None,
        None => Some("no data descriptor follows".to_owned()),
    })
}

fn narrow(form: &[u8]) -> Told {
    (number(form, 0, 4) as u32, number(form, 4, 4), number(form, 8, 4))
}

fn wide(form: &[u8]) -> Told {
    (number(form, 0, 4) as u32, number(form, 4, 8), number(form, 12, 8))
}
