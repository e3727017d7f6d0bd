use std::hash::{DefaultHasher, Hash, Hasher};

use nix_ai_model_scan_walk::{Result, View};

use super::end::number;
use super::extra;

/// Signatures of headers.
pub const CENTRAL: &[u8; 4] = b"PK\x01\x02";
pub const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// Bytes of a header without name and extra fields.
const CENTRAL_LENGTH: usize = 46;
pub const LOCAL_LENGTH: usize = 30;

/// Flag bits.
pub const ENCRYPTED: u16 = 1;
pub const DESCRIPTOR: u16 = 1 << 3;
pub const PATCHED: u16 = 1 << 5;
pub const STRONG: u16 = 1 << 6;
pub const MASKED: u16 = 1 << 13;

/// What a header says of a member. The name is left where it is: a hundred
/// thousand of them would fill the memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Where the header is.
    pub at: u64,
    /// Bytes of the header, name, extra fields and comment included.
    pub length: u64,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub compressed: u64,
    pub size: u64,
    /// Bytes of the name.
    pub name: u16,
    /// The name's hash, which stands for it.
    pub hash: u64,
    /// The hash of the name in lower case.
    pub folded: u64,
    /// Where the local header is; for one, itself.
    pub local: u64,
    /// The kind of file by Unix's mode, where a Unix made the archive.
    pub kind: u16,
}

/// A header, its name and its extra fields.
pub struct Header {
    pub record: Record,
    pub name: Vec<u8>,
    pub extra: Vec<u8>,
}

impl Header {
    /// The directory's header at this place; `None` where there is none.
    pub fn central(view: &dyn View, at: u64) -> Result<Option<Self>> {
        let fixed = view.bytes(at, CENTRAL_LENGTH)?;
        if fixed.len() < CENTRAL_LENGTH || !fixed.starts_with(CENTRAL) {
            return Ok(None);
        }
        let [name, extra, comment] = [28, 30, 32].map(|place| number(&fixed, place, 2));
        let is_unix = fixed[5] == 3;
        let mut record = Record {
            at,
            length: CENTRAL_LENGTH as u64 + name + extra + comment,
            flags: number(&fixed, 8, 2) as u16,
            method: number(&fixed, 10, 2) as u16,
            crc: number(&fixed, 16, 4) as u32,
            compressed: number(&fixed, 20, 4),
            size: number(&fixed, 24, 4),
            name: name as u16,
            hash: 0,
            folded: 0,
            local: number(&fixed, 42, 4),
            kind: if is_unix { (number(&fixed, 38, 4) >> 16) as u16 & 0o170_000 } else { 0 },
        };
        let (name, extra) = texts(view, at + CENTRAL_LENGTH as u64, name, extra)?;
        let Record { size, compressed, local, .. } = &mut record;
        extra::widen(&extra, [size, compressed, local]);
        (record.hash, record.folded) = hashes(&name);
        Ok(Some(Self { record, name, extra }))
    }

    /// The local header at this place; `None` where there is none.
    pub fn local(view: &dyn View, at: u64) -> Result<Option<Self>> {
        let fixed = view.bytes(at, LOCAL_LENGTH)?;
        if fixed.len() < LOCAL_LENGTH || !fixed.starts_with(LOCAL) {
            return Ok(None);
        }
        let [name, extra] = [26, 28].map(|place| number(&fixed, place, 2));
        let mut record = Record {
            at,
            length: LOCAL_LENGTH as u64 + name + extra,
            flags: number(&fixed, 6, 2) as u16,
            method: number(&fixed, 8, 2) as u16,
            crc: number(&fixed, 14, 4) as u32,
            compressed: number(&fixed, 18, 4),
            size: number(&fixed, 22, 4),
            name: name as u16,
            hash: 0,
            folded: 0,
            local: at,
            kind: 0,
        };
        let (name, extra) = texts(view, at + LOCAL_LENGTH as u64, name, extra)?;
        extra::widen(&extra, [&mut record.size, &mut record.compressed, &mut 0]);
        (record.hash, record.folded) = hashes(&name);
        Ok(Some(Self { record, name, extra }))
    }
}

impl Record {
    /// Where the member's bytes begin, of a local header.
    pub fn data(&self) -> u64 {
        self.at.saturating_add(self.length)
    }

    /// Whether sizes and checksum come behind the member's bytes.
    pub fn is_described_later(&self) -> bool {
        self.flags & DESCRIPTOR != 0
    }

    /// Whether it says that the member's bytes are not what they seem.
    pub fn is_encrypted(&self) -> bool {
        self.flags & (ENCRYPTED | STRONG | MASKED | PATCHED) != 0
    }
}

/// Name and extra fields.
fn texts(view: &dyn View, at: u64, name: u64, extra: u64) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut name_bytes = view.bytes(at, (name + extra) as usize)?;
    let extra = name_bytes.split_off(name_bytes.len().min(name as usize));
    Ok((name_bytes, extra))
}

fn hashes(name: &[u8]) -> (u64, u64) {
    let hash = |bytes: &[u8]| {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        hasher.finish()
    };
    let is_lower = !name.iter().any(u8::is_ascii_uppercase);
    let exact = hash(name);
    (exact, if is_lower { exact } else { hash(&name.to_ascii_lowercase()) })
}
