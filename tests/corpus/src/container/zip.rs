//! Zip archives that say in one place what they deny in another.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// What one of the two headers says of a member.
#[derive(Debug, Clone)]
pub struct Header {
    /// The name.
    pub name: String,
    /// The flag bits.
    pub flags: u16,
    /// How it is compressed.
    pub method: u16,
    /// The checksum.
    pub crc: u32,
    /// Bytes in the archive.
    pub compressed: u32,
    /// Bytes when unpacked.
    pub size: u32,
    /// Whether there is this header at all.
    pub is_there: bool,
}

/// A member.
#[derive(Debug, Clone)]
pub struct Member {
    /// What is before its bytes.
    pub local: Header,
    /// What is in the directory.
    pub central: Header,
    /// The bytes as they are in the archive.
    pub data: Vec<u8>,
    /// What comes between name and bytes.
    pub extra: Vec<u8>,
    /// Where the directory says that it is, beside where it is.
    pub shift: i64,
    /// The upper half is the mode that Unix gives it.
    pub attributes: u32,
}

impl Member {
    /// Not compressed.
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self::raw(name, 0, bytes, bytes.to_vec())
    }

    /// Compressed.
    pub fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        let data = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
        Self::raw(name, 8, bytes, data)
    }

    fn raw(name: &str, method: u16, bytes: &[u8], data: Vec<u8>) -> Self {
        let mut crc = Crc::new();
        crc.update(bytes);
        let header = Header {
            name: name.to_owned(),
            flags: 0,
            method,
            crc: crc.sum(),
            compressed: data.len() as u32,
            size: bytes.len() as u32,
            is_there: true,
        };
        Self {
            local: header.clone(),
            central: header,
            data,
            extra: Vec::new(),
            shift: 0,
            attributes: 0,
        }
    }

    /// Has the header before the bytes changed.
    #[must_use]
    pub fn local(mut self, change: impl FnOnce(&mut Header)) -> Self {
        change(&mut self.local);
        self
    }

    /// Has the header in the directory changed.
    #[must_use]
    pub fn central(mut self, change: impl FnOnce(&mut Header)) -> Self {
        change(&mut self.central);
        self
    }

    /// Has both changed.
    #[must_use]
    pub fn both(self, change: impl Fn(&mut Header)) -> Self {
        self.local(&change).central(&change)
    }
}

/// An archive.
#[derive(Debug, Clone, Default)]
pub struct Zip {
    /// What comes before the first member.
    pub prefix: Vec<u8>,
    /// Whether places are counted from behind the prefix.
    pub counts_without_prefix: bool,
    /// The members in the order of their bytes.
    pub members: Vec<Member>,
    /// The comment at the end.
    pub comment: Vec<u8>,
    /// What comes after the end.
    pub suffix: Vec<u8>,
    /// How many members the end says there are, where it lies.
    pub counted: Option<u16>,
}

impl Zip {
    /// An archive of these members.
    pub fn of(members: impl IntoIterator<Item = Member>) -> Self {
        Self { members: members.into_iter().collect(), ..Self::default() }
    }

    /// Its bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut bytes = self.prefix.clone();
        let base = if self.counts_without_prefix { self.prefix.len() } else { 0 };
        let mut central = Vec::new();
        let mut count = 0_u64;
        for member in &self.members {
            let place = (bytes.len() - base) as i64 + member.shift;
            if member.local.is_there {
                bytes.extend(b"PK\x03\x04\x14\0");
                push(&mut bytes, &member.local);
                bytes.extend((member.extra.len() as u16).to_le_bytes());
                bytes.extend(member.local.name.as_bytes());
                bytes.extend(&member.extra);
                bytes.extend(&member.data);
            }
            if member.central.is_there {
                count += 1;
                // Made by a Unix, so that the mode means something.
                central.extend(b"PK\x01\x02\x14\x03\x14\0");
                push(&mut central, &member.central);
                central.extend([0; 8]);
                central.extend(member.attributes.to_le_bytes());
                central.extend((place as u32).to_le_bytes());
                central.extend(member.central.name.as_bytes());
            }
        }
        let begin = (bytes.len() - base) as u32;
        bytes.extend(&central);
        let short = u16::try_from(count).unwrap_or(u16::MAX);
        if short == u16::MAX {
            let at = (bytes.len() - base) as u64;
            bytes.extend(end_64(count, central.len() as u64, begin.into(), at));
        }
        let count = self.counted.unwrap_or(short).to_le_bytes();
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count, count].concat());
        bytes.extend((central.len() as u32).to_le_bytes());
        bytes.extend(begin.to_le_bytes());
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        bytes.extend(&self.comment);
        bytes.extend(&self.suffix);
        bytes
    }
}

/// The end record of an archive with more members than the short one counts,
/// which is at `at`, and what leads to it.
fn end_64(count: u64, size: u64, begin: u64, at: u64) -> Vec<u8> {
    let mut bytes = b"PK\x06\x06".to_vec();
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, begin] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(at.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes
}

/// What both headers have in common, from the flags to the name's length.
fn push(bytes: &mut Vec<u8>, header: &Header) {
    bytes.extend(header.flags.to_le_bytes());
    bytes.extend(header.method.to_le_bytes());
    // The first of January 1980.
    bytes.extend([0, 0, 0x21, 0]);
    bytes.extend(header.crc.to_le_bytes());
    bytes.extend(header.compressed.to_le_bytes());
    bytes.extend(header.size.to_le_bytes());
    bytes.extend((header.name.len() as u16).to_le_bytes());
}
