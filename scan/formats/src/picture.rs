//! Pictures: programs that make them write the workflow that made them into
//! them, and load it when the picture is dropped onto them.

use std::io::Read as _;
use std::rc::Rc;

use flate2::read::ZlibDecoder;
use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan};

/// What a PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Bytes of a text that are handed over.
const TEXT: usize = 8 << 20;
/// Texts that are handed over.
const TEXTS: usize = 32;
/// Chunks that are passed through.
const CHUNKS: usize = 100_000;

/// Reads PNG and WebP.
pub struct Picture;

impl Reader for Picture {
    fn format(&self) -> &'static str {
        "picture"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(PNG) || head.begins_with(b"RIFF") && head.has_at(8, b"WEBP")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let is_png = part.view().bytes(0, PNG.len())? == PNG;
        let (mut place, mut texts) = (if is_png { 8 } else { 12 }, 0);
        for _ in 0..CHUNKS {
            scan.budget.step(1)?;
            let header = part.view().bytes(place, 8)?;
            let Some((first, second)) = header.split_at_checked(4).filter(|_| header.len() == 8)
            else {
                return Ok(());
            };
            let (length, kind) = if is_png { (first, second) } else { (second, first) };
            let length = length.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            let length = if is_png { length } else { u64::from((length as u32).swap_bytes()) };
            let is_asked =
                [&b"tEXt"[..], b"zTXt", b"iTXt", b"EXIF", b"eXIf", b"XMP "].contains(&kind);
            if is_asked && texts < TEXTS {
                let held = usize::try_from(length).unwrap_or(TEXT).min(TEXT);
                let bytes = part.view().bytes(place + 8, held)?;
                for text in workflows(kind, &bytes) {
                    texts += 1;
                    let view = Rc::new(Memory::new(text));
                    scan.part(&part.excerpt(&format!("byte {place}/workflow.json"), view));
                }
            }
            if kind == b"IEND" {
                return Ok(());
            }
            let padding = if is_png { 4 } else { length % 2 };
            place = place.saturating_add(8).saturating_add(length).saturating_add(padding);
        }
        Ok(())
    }
}

/// The workflows in a chunk.
fn workflows(kind: &[u8], chunk: &[u8]) -> Vec<Vec<u8>> {
    let behind = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        bytes.get(end + 1..).map(<[u8]>::to_vec)
    };
    let text = match kind {
        b"tEXt" => behind(chunk),
        b"zTXt" => behind(chunk).and_then(|rest| rest.get(1..).map(inflated)),
        b"iTXt" => behind(chunk).and_then(|rest| {
            let is_compressed = *rest.first()? == 1;
            let text = behind(&behind(rest.get(2..)?)?)?;
            Some(if is_compressed { inflated(&text) } else { text })
        }),
        _ => return exif(chunk),
    };
    text.filter(|text| is_object(text)).into_iter().collect()
}

/// Whether a text is a workflow rather than words for a picture.
fn is_object(text: &[u8]) -> bool {
    text.trim_ascii_start().first() == Some(&b'{')
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // What is cut or broken counts as far as it goes.
    let _ = ZlibDecoder::new(bytes).take(TEXT as u64).read_to_end(&mut text);
    text
}

/// Texts of camera data: `workflow:{…}` up to a zero byte.
fn exif(chunk: &[u8]) -> Vec<Vec<u8>> {
    let texts = chunk.split(|byte| *byte == 0);
    let workflows = texts.filter_map(|text| {
        let colon = text.iter().take(32).position(|byte| *byte == b':')?;
        let text = text.get(colon + 1..)?;
        is_object(text).then(|| text.to_vec())
    });
    workflows.take(TEXTS).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use proptest::prelude::*;

    use super::{Picture, workflows};
    use crate::testing::found;

    const FLOW: &[u8] = br#"{"nodes":[]}"#;

    #[test]
    fn workflows_are_found_in_each_kind_of_chunk() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        assert!(zlib.write_all(FLOW).is_ok());
        let zlib = zlib.finish().unwrap_or_default();
        for (kind, chunk) in [
            (b"tEXt", [b"workflow\0", FLOW].concat()),
            (b"zTXt", [b"prompt\0\0", &zlib[..]].concat()),
            (b"iTXt", [b"workflow\0\0\0\0\0", FLOW].concat()),
            (b"iTXt", [b"workflow\0\x01\0en\0x\0", &zlib[..]].concat()),
            (b"EXIF", [b"MM\0*\0\0workflow:", FLOW, b"\0"].concat()),
        ] {
            assert_eq!(workflows(kind, &chunk), [FLOW], "{kind:?}");
        }
        assert!(workflows(b"tEXt", b"parameters\0a cat, masterpiece").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            found(&Picture, "a.png", &[super::PNG, &bytes].concat());
            found(&Picture, "a.webp", &[b"RIFF\0\0\0\0WEBP", &bytes[..]].concat());
        }
    }
}
