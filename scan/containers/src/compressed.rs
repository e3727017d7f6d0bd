//! Files that are one compressed stream.

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, View};
use std::rc::Rc;

use crate::codec::{Codec, frames, lz4, zstd};

/// Reads compressed streams of one format.
pub struct Compressed {
    pub format: &'static str,
    pub codec: Codec,
    /// How many bytes come before the stream, where it is of the format.
    pub recognise: fn(&Head) -> Option<u64>,
    /// Endings of names, and what remains of each.
    pub endings: &'static [(&'static str, &'static str)],
}

impl Reader for Compressed {
    fn format(&self) -> &'static str {
        self.format
    }

    fn recognises(&self, head: &Head) -> bool {
        (self.recognise)(head).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let before = (self.recognise)(&part.head()?).unwrap_or(0);
        let view: Rc<dyn View + 'a> = match before {
            0 => part.view().clone(),
            before => Rc::new(Range::new(part.view().clone(), before, u64::MAX)),
        };
        let content = self.codec.content(view, &scan.inflated);
        content.judge(part, scan);
        let (content, fault) = content.into_view();
        scan.part(&part.within(&self.inner_name(part.name()), content));
        fault.map_or(Ok(()), Err)
    }
}

impl Compressed {
    /// The name of what is compressed in a file of this name.
    fn inner_name(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        let ending = self.endings.iter().find(|(ending, _)| lower.ends_with(ending));
        let (ending, instead) = ending.copied().unwrap_or_default();
        let stem = name.get(..name.len().saturating_sub(ending.len())).unwrap_or(name);
        if stem.is_empty() { "(content)".to_owned() } else { format!("{stem}{instead}") }
    }
}

/// Gzip: the magic number and the only method there is.
pub static GZIP: Compressed = Compressed {
    format: "gzip stream",
    codec: Codec::Gzip,
    recognise: |head| head.begins_with(&[0x1f, 0x8b]).then_some(0).filter(|_| head.has_at(2, &[8])),
    endings: &[(".gz", ""), (".tgz", ".tar"), (".gzip", "")],
};

/// Zlib: two bytes tell little, so that a few more must unpack.
pub static ZLIB: Compressed = Compressed {
    format: "zlib stream",
    codec: Codec::Zlib,
    recognise: |head| Codec::is_zlib(&head.begin).then_some(0),
    endings: &[(".z", ""), (".zlib", "")],
};

/// What joblib wrote before version 0.10: `ZF`, the size in hexadecimal digits
/// among blanks, and zlib.
pub static JOBLIB: Compressed = Compressed {
    format: "compressed joblib file",
    codec: Codec::Zlib,
    recognise: |head| {
        let digits = head.begin.get(2..21).filter(|_| head.begins_with(b"ZF0x"))?;
        let is_size =
            digits[2..].iter().all(|byte| byte.is_ascii_hexdigit() || b" L".contains(byte));
        // Python 2 wrote one byte more.
        let length = if head.has_at(21, b" ") { 22 } else { 21 };
        is_size.then_some(length)
    },
    endings: &[(".z", "")],
};

/// Bzip2: the magic number, and that of a block or of the end.
pub static BZIP2: Compressed = Compressed {
    format: "bzip2 stream",
    codec: Codec::Bzip2,
    recognise: |head| {
        let is_level = head.begin.get(3).is_some_and(|level| (b'1'..=b'9').contains(level));
        let is_block = [b"1AY&SY".as_slice(), b"\x17\x72\x45\x38\x50\x90"];
        let is_stream = is_block.iter().any(|magic| head.has_at(4, magic));
        (head.begins_with(b"BZh") && is_level && is_stream).then_some(0)
    },
    endings: &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar"), (".bz", "")],
};

/// XZ.
pub static XZ: Compressed = Compressed {
    format: "xz stream",
    codec: Codec::Xz,
    recognise: |head| head.begins_with(b"\xfd7zXZ\0").then_some(0),
    endings: &[(".xz", ""), (".txz", ".tar")],
};

/// LZMA has no magic number: the usual properties, a window and a size that
/// liblzma takes, and the first byte, which is always zero.
pub static LZMA: Compressed = Compressed {
    format: "lzma stream",
    codec: Codec::Lzma,
    recognise: |head| {
        let [properties, a, b, c, d, size @ .., 0] = *head.begin.first_chunk::<14>()? else {
            return None;
        };
        let window = u32::from_le_bytes([a, b, c, d]);
        let is_window = window >= 4096
            && (window.count_ones() == 1 || {
                window.count_ones() == 2 && (window >> window.trailing_zeros()) == 3
            });
        let size = u64::from_le_bytes(size);
        let is_size = size == u64::MAX || size < 1 << 38;
        let is_usual = properties == 0x5d || properties < 225 && head.is_named(&[".lzma"]);
        (is_usual && (is_window || window == u32::MAX) && is_size).then_some(0)
    },
    endings: &[(".lzma", ""), (".tlz", ".tar")],
};

/// Lzip.
pub static LZIP: Compressed = Compressed {
    format: "lzip stream",
    codec: Codec::Lzip,
    recognise: |head| head.begins_with(b"LZIP\x01").then_some(0),
    endings: &[(".lz", ""), (".tlz", ".tar")],
};

/// What Unix's `compress` made: the magic number, and the length of codes.
pub static LZW: Compressed = Compressed {
    format: "compress stream",
    codec: Codec::Lzw,
    recognise: |head| {
        let flags = *head.begin.get(2)?;
        let is_stream = head.begins_with(&[0x1f, 0x9d]) && flags & 0x60 == 0;
        (is_stream && (9..=16).contains(&(flags & 0x1f))).then_some(0)
    },
    endings: &[(".z", ""), (".taz", ".tar")],
};

/// LZ4 frames, of the new form and the old.
pub static LZ4: Compressed = Compressed {
    format: "lz4 stream",
    codec: Codec::Lz4,
    recognise: |head| [lz4::MAGIC, lz4::LEGACY].contains(&first_frame(head)?).then_some(0),
    endings: &[(".lz4", "")],
};

/// Zstandard frames.
pub static ZSTD: Compressed = Compressed {
    format: "zstd stream",
    codec: Codec::Zstd,
    recognise: |head| (first_frame(head)? == zstd::MAGIC).then_some(0),
    endings: &[(".zst", ""), (".zstd", ""), (".tzst", ".tar")],
};

/// What the first frame begins with that is not to be passed over; Zstandard's
/// where it is too far away.
fn first_frame(head: &Head) -> Option<[u8; 4]> {
    let mut rest = &*head.begin;
    loop {
        let magic = *rest.first_chunk::<4>()?;
        if !frames::is_skippable(magic) {
            return Some(magic);
        }
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk::<4>()?) as usize;
        match rest.get(8..)?.get(length..) {
            Some(next) => rest = next,
            None if head.size.is_some_and(|size| size <= head.begin.len() as u64) => return None,
            None => return Some(zstd::MAGIC),
        }
    }
}
