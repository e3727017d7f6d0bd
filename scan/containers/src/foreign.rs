//! Archives that are recognised and not read.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

use crate::rules;

/// Formats by what they begin with.
const FORMATS: &[(&[u8], &str)] = &[
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"MSCF\0\0\0\0", "cabinet archive"),
    (b"**ACE**", "ACE archive"),
    (b"\xff\x06\0\0sNaPpY", "Snappy stream"),
    (b"\x89LZO\0\r\n\x1a\n", "LZO stream"),
    (b"hsqs", "squashfs image"),
    (b"sqsh", "squashfs image"),
    (b"!<thin>\n", "thin archive"),
    (b"zPQ", "ZPAQ archive"),
    (b"7kSt", "ZPAQ archive"),
    (b"\xed\xab\xee\xdb", "RPM package"),
    (b"xar!\0\x1c", "XAR archive"),
    (b"MSWIM\0\0\0", "Windows image"),
    (b"\x1f\xa0", "compress stream of the old kind"),
    (b"\x1f\x1e", "packed stream of the old kind"),
];

/// Formats without a sign, by the endings of names.
const NAMES: &[(&str, &str)] = &[
    (".br", "Brotli stream"),
    (".snappy", "Snappy stream"),
    (".lrz", "lrzip stream"),
    (".lzfse", "LZFSE stream"),
];

/// What servers of web pages keep compressed beside the plain file.
const OF_PAGES: &[&str] = &[
    ".js", ".mjs", ".css", ".svg", ".html", ".htm", ".map", ".json", ".txt", ".xml", ".wasm",
    ".ttf", ".woff", ".woff2", ".ico", ".eot", ".otf",
];

/// Where an image of ISO 9660 tells what it is, and by what.
const ISO: (u64, &[u8]) = (32_769, b"CD001");

/// Says that an archive was not read.
pub struct Foreign;

impl Reader for Foreign {
    fn format(&self) -> &'static str {
        "archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        format_of(head).is_some() || may_be_image(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let head = part.head()?;
        let mut format = format_of(&head);
        if format.is_none() && part.view().bytes(ISO.0, ISO.1.len())? == ISO.1 {
            format = Some("disk image (ISO 9660)");
        }
        if let Some(format) = format {
            scan.find(part, rules::UNREAD.found(format!("it is a {format}, which is not read")));
        }
        Ok(())
    }
}

fn format_of(head: &Head) -> Option<&'static str> {
    if let Some((_, format)) = FORMATS.iter().find(|(magic, _)| head.begins_with(magic)) {
        // Two bytes tell little.
        let is_short = head.begins_with(&[0x1f]) && !head.is_named(&[".z"]);
        return (!is_short).then_some(*format);
    }
    let (ending, format) = NAMES.iter().find(|(ending, _)| head.name.ends_with(ending))?;
    let stem = head.name.strip_suffix(ending).unwrap_or_default();
    let is_of_page = OF_PAGES.iter().any(|of_page| stem.ends_with(of_page));
    (!is_of_page && !head.begin.is_empty() && !head.is_text()).then_some(format)
}

/// Whether an image of a disk may begin like this: with zeros, as a rule.
fn may_be_image(head: &Head) -> bool {
    let is_long = head.size.is_none_or(|size| size > ISO.0);
    is_long && (head.is_named(&[".iso"]) || head.begin.iter().all(|byte| *byte == 0))
}
