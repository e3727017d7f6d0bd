use memchr::memmem;
use nix_ai_model_scan_walk::{Result, View, view};

/// Signatures of the records at an archive's end.
pub const END: &[u8; 4] = b"PK\x05\x06";
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const END_64: &[u8; 4] = b"PK\x06\x06";

/// Bytes of an end record without its comment.
pub const LENGTH: u64 = 22;
/// Bytes of a Zip64 locator, and of a Zip64 end record.
const LOCATOR_LENGTH: u64 = 20;
const LENGTH_64: u64 = 56;
/// How far from the end loaders look for an end record.
const REACH: u64 = LENGTH + u16::MAX as u64;
/// End records that are considered; no honest archive has more than one.
const MOST: usize = 64;

/// An end record, and what it says of the directory.
#[derive(Debug, Clone, Default)]
pub struct End {
    /// Where it is.
    pub at: u64,
    /// Bytes of the comment behind it, as told.
    pub comment: u64,
    /// What it says itself, and what Zip64 records say that go with it.
    pub says: Vec<Says>,
}

/// Where a directory is, as one record tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Says {
    /// Where the record is: directories end there.
    pub at: u64,
    pub entries: u64,
    pub size: u64,
    pub offset: u64,
    /// Whether it is a Zip64 record.
    pub is_64: bool,
}

impl Says {
    /// Whether it leaves the answer to a Zip64 record.
    pub fn defers(&self) -> bool {
        !self.is_64
            && (self.offset == u64::from(u32::MAX)
                || self.size == u64::from(u32::MAX)
                || self.entries == u64::from(u16::MAX))
    }

    /// Where the directory begins: as told, and by its size, which differ where
    /// something was put before the archive. With each, how far all places
    /// are moved, modulo 2⁶⁴.
    pub fn starts(&self) -> [Option<(u64, u64)>; 2] {
        let by_size = self.at.checked_sub(self.size);
        let shifted = by_size.map(|at| (at, at.wrapping_sub(self.offset)));
        [Some((self.offset, 0)), shifted.filter(|(at, _)| *at != self.offset)]
    }
}

/// The end records that loaders may find, the last first.
pub fn ends(view: &dyn View, size: u64) -> Result<Vec<End>> {
    let from = size.saturating_sub(REACH);
    let tail = view.bytes(from, usize::try_from(size - from).unwrap_or(0))?;
    let mut ends = Vec::new();
    let places = memmem::rfind_iter(&tail, END);
    for place in places.filter(|place| tail.len() - place >= LENGTH as usize).take(MOST) {
        ends.push(end(view, from + place as u64)?);
    }
    Ok(ends)
}

fn end(view: &dyn View, at: u64) -> Result<End> {
    let record: [u8; LENGTH as usize] = view::array(view, at)?;
    let says = Says {
        at,
        entries: number(&record, 10, 2),
        size: number(&record, 12, 4),
        offset: number(&record, 16, 4),
        is_64: false,
    };
    let mut end = End { at, comment: number(&record, 20, 2), says: vec![says] };
    let Some(locator_at) = at.checked_sub(LOCATOR_LENGTH) else { return Ok(end) };
    let locator: [u8; LOCATOR_LENGTH as usize] = view::array(view, locator_at)?;
    if !locator.starts_with(LOCATOR) {
        return Ok(end);
    }
    // Some go where the locator says, others take what is right before it.
    let told = Some(number(&locator, 8, 8));
    let before = locator_at.checked_sub(LENGTH_64).filter(|before| Some(*before) != told);
    for at in [told, before].into_iter().flatten().filter(|at| *at < locator_at) {
        let record = view.bytes(at, LENGTH_64 as usize)?;
        if record.len() == LENGTH_64 as usize && record.starts_with(END_64) {
            end.says.push(Says {
                at,
                entries: number(&record, 32, 8),
                size: number(&record, 40, 8),
                offset: number(&record, 48, 8),
                is_64: true,
            });
        }
    }
    Ok(end)
}

/// The little-endian number of `length` bytes at `offset`; what is missing
/// counts as zero.
pub fn number(bytes: &[u8], offset: usize, length: usize) -> u64 {
    let mut number = [0; 8];
    let held = bytes.get(offset..).unwrap_or_default();
    let length = length.min(held.len()).min(8);
    number[..length].copy_from_slice(&held[..length]);
    u64::from_le_bytes(number)
}
