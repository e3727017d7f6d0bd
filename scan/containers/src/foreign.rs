//! Archives that are recognised and not read.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use crate::rules;

/// Formats by what they begin with: those that models are passed on in. What
/// holds systems and packages (`deb`, `rpm`, disk images) is no model.
const FORMATS: &[(&[u8], &str)] = &[
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"MSCF\0\0\0\0", "cabinet archive"),
    (b"**ACE**", "ACE archive"),
    (b"\xff\x06\0\0sNaPpY", "Snappy stream"),
    (b"\x89LZO\0\r\n\x1a\n", "LZO stream"),
];

/// Says that an archive was not read.
pub struct Foreign;

impl Reader for Foreign {
    fn format(&self) -> &'static str {
        "archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        format_of(head).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        if let Some(format) = format_of(&part.head()?) {
            scan.find(part, rules::UNREAD.found(format!("it is a {format}, which is not read")));
        }
        Ok(())
    }
}

fn format_of(head: &Head) -> Option<&'static str> {
    FORMATS.iter().find(|(magic, _)| head.begins_with(magic)).map(|(_, format)| *format)
}
