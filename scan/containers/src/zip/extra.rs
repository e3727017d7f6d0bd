use super::end::number;

/// Kinds of extra fields.
const ZIP64: u64 = 1;
const UNICODE_PATH: u64 = 0x7075;

/// The content of the first extra field of this kind; what is cut off is left
/// out.
fn field(extra: &[u8], kind: u64) -> Option<&[u8]> {
    let mut rest = extra;
    while rest.len() >= 4 {
        let length = number(rest, 2, 2) as usize;
        let content = &rest[4..];
        let content = &content[..length.min(content.len())];
        if number(rest, 0, 2) == kind {
            return Some(content);
        }
        rest = rest.get(4 + length..).unwrap_or_default();
    }
    None
}

/// Replaces what is all ones by what the Zip64 field says, in its order: size,
/// compressed size, offset of the local header.
pub fn widen(extra: &[u8], numbers: [&mut u64; 3]) {
    let mut rest = field(extra, ZIP64).unwrap_or_default();
    for number_told in numbers {
        if *number_told == u64::from(u32::MAX) && rest.len() >= 8 {
            *number_told = number(rest, 0, 8);
            rest = &rest[8..];
        }
    }
}

/// The name that the Unicode path field gives instead of this one.
pub fn unicode_path<'e>(extra: &'e [u8], name: &[u8]) -> Option<&'e [u8]> {
    let content = field(extra, UNICODE_PATH)?;
    let is_current = number(content, 1, 4) == u64::from(crc32fast::hash(name));
    (content.first() == Some(&1) && is_current).then(|| &content[5..])
}
