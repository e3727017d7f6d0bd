/// A text or a string of bytes in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Where in the record it begins.
    pub begin: u64,
    /// Bytes of it.
    pub length: u64,
    pub is_text: bool,
}

/// Columns that are looked at; SQLite itself has no more.
const MOST: usize = 32_767;

/// A number of up to nine bytes, which are taken off.
pub fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for count in 0..9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if count == 8 {
            return Some(number << 8 | u64::from(*byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if *byte < 0x80 {
            break;
        }
    }
    Some(number)
}

/// The columns of texts and bytes that a record of `size` bytes has, by what
/// its page holds of it.
pub fn columns(record: &[u8], size: u64) -> Vec<Column> {
    let mut rest = record;
    let Some(header) = varint(&mut rest).filter(|header| *header <= size) else {
        return Vec::new();
    };
    let first = (record.len() - rest.len()) as u64;
    let kinds = usize::try_from(header.saturating_sub(first)).unwrap_or(usize::MAX);
    let mut kinds = &rest[..rest.len().min(kinds)];
    let (mut place, mut columns) = (header, Vec::new());
    while columns.len() < MOST
        && let Some(kind) = varint(&mut kinds)
    {
        let length = match kind {
            0 | 8..=11 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            _ => (kind - 12) / 2,
        };
        if place.saturating_add(length) > size {
            break;
        }
        if kind >= 12 && length > 0 {
            columns.push(Column { begin: place, length, is_text: kind % 2 == 1 });
        }
        place += length;
    }
    columns
}
