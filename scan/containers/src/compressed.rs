//! Files that are one compressed stream.

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, View};
use std::rc::Rc;

use crate::codec::Codec;

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
        let (content, fault) = self.codec.content(view, &scan.inflated).into_view();
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
