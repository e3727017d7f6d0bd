//! Archives that are put behind something else: a picture, a document, a
//! program or a script that unpacks itself. Zip archives are found by their
//! end; all others by a signature whose checksum is right, or right behind
//! what comes before.

use std::rc::Rc;

use memchr::memmem;
use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan};

use crate::rules;
use crate::tar::is_header;

/// What pictures, sounds, documents and programs begin with, that an archive
/// may be behind.
const HOSTS: &[&[u8]] = &[
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"RIFF",
    b"ID3",
    b"OggS",
    b"fLaC",
    b"%PDF-",
    b"\x7fELF",
    b"MZ",
    b"#!",
    b"\0\0\x01\0",
    b"II*\0",
    b"MM\0*",
];
/// Bytes that are searched, and those at once.
const SEARCHED: u64 = 256 << 20;
const STEP: usize = 256 << 10;
/// Bytes that a check looks at from a signature on.
const LOOKED: usize = 512;
/// Archives in one file that are handed over.
const MOST: usize = 16;
const SEVEN: &[u8] = b"7z\xbc\xaf\x27\x1c";
const RAR: &[u8] = b"Rar!\x1a\x07";

/// Looks for archives behind something else.
pub struct Appended;

impl Reader for Appended {
    fn format(&self) -> &'static str {
        "archive behind other content"
    }

    fn recognises(&self, head: &Head) -> bool {
        let is_host = HOSTS.iter().any(|magic| head.begins_with(magic));
        // A script without a payload is text to its end.
        let is_text = head.begins_with(b"#!") && std::str::from_utf8(&head.end).is_ok();
        is_host && !is_text && head.size.is_some_and(|size| size > 64)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let begin = part.view().bytes(0, Head::BEGIN)?;
        let mut found = if begin.starts_with(b"#!") { payload(part)? } else { None };
        if found.is_none() && begin.starts_with(b"\x7fELF") {
            found = behind_program(part, &begin)?;
        }
        if let Some(place) = found {
            hand_over(part, place, scan);
            return Ok(());
        }
        search(part, scan)
    }
}

fn hand_over<'a>(part: &Part<'a>, place: u64, scan: &mut Scan<'a>) {
    let message = "an archive is within the file, behind content of another kind";
    scan.find(part, rules::TRAILING.found(message).at(place));
    let view = Rc::new(Range::new(part.view().clone(), place, u64::MAX - place));
    scan.part(&part.within("(archive behind other content)", view));
}

/// Looks for archives whose first header has the right checksum.
fn search<'a>(part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
    let view = part.view();
    let (mut place, mut count) = (1_u64, 0);
    let finders = [memmem::Finder::new(SEVEN), memmem::Finder::new(RAR)];
    let mut step = vec![0; STEP];
    while place < SEARCHED && count < MOST {
        let read = view.read_at(place, &mut step)?;
        for finder in &finders {
            for at in finder.find_iter(&step[..read]) {
                let place = place + at as u64;
                let held = view.bytes(place, LOOKED)?;
                if is_seven(&held) || is_rar(&held) {
                    hand_over(part, place, scan);
                    count += 1;
                }
            }
        }
        if read < STEP {
            return Ok(());
        }
        place += (read - SEVEN.len() + 1) as u64;
    }
    if count >= MOST {
        let message = "more archives are within the file than are read";
        scan.find(part, rules::UNREAD.found(message).level(Level::Unjudged));
    }
    Ok(())
}

/// Whether the first header of a 7z archive is right.
fn is_seven(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..32).filter(|header| header.starts_with(SEVEN)) else {
        return false;
    };
    header[8..12] == crc32fast::hash(&header[12..32]).to_le_bytes()
}

/// Whether the first block of a RAR archive is right, old or new.
fn is_rar(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(RAR) else { return false };
    match rest {
        [0, crc @ ..] if crc.len() >= 13 => {
            let sum = crc32fast::hash(&crc[2..13]) as u16;
            crc[2] == 0x73 && crc[..2] == sum.to_le_bytes()
        }
        [1, 0, crc @ ..] if crc.len() > 6 => {
            // The size is a number of seven bits a byte, and is counted in.
            let size = crc[4..].iter().position(|byte| *byte < 0x80).map_or(0, |last| last + 1);
            let numbers = crc[4..4 + size.min(3)].iter().rev();
            let length = numbers.fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f));
            let block = crc.get(4..4 + size + length);
            block.is_some_and(|block| crc[..4] == crc32fast::hash(block).to_le_bytes())
        }
        _ => false,
    }
}

/// Where the payload of a script that unpacks itself begins: a compressed
/// stream or an archive right behind the end of a line.
fn payload(part: &Part<'_>) -> Result<Option<u64>> {
    /// Bytes of the script before it.
    const SCRIPT: usize = 1 << 20;
    let bytes = part.view().bytes(0, SCRIPT)?;
    let lines = memchr::memchr_iter(b'\n', &bytes).map(|end| end + 1);
    let mut payloads = lines.filter(|line| is_payload(&bytes[*line..]));
    Ok(payloads.next().map(|place| place as u64))
}

/// Whether bytes begin like what scripts unpack.
fn is_payload(bytes: &[u8]) -> bool {
    let is_bzip = matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..]);
    let is_gzip = matches!(bytes, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0);
    let others = [b"\xfd7zXZ\0".as_slice(), b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"LZIP\x01"];
    is_bzip
        || is_gzip
        || others.iter().any(|magic| bytes.starts_with(magic))
        || matches!(bytes, [0x1f, 0x9d, 0x89..=0x90, ..])
        || matches!(bytes, [0x5d, 0, 0, _, 0, 0xff, 0xff, ..])
        || is_header(bytes) && bytes.get(257..262) == Some(b"ustar")
}

/// Where what follows a program begins, if that is an archive.
fn behind_program(part: &Part<'_>, begin: &[u8]) -> Result<Option<u64>> {
    let Some(end) = end_of_program(begin).filter(|end| *end > 0) else { return Ok(None) };
    let bytes = part.view().bytes(end, LOOKED)?;
    // Some pad it to a multiple of a few bytes.
    let zeros = bytes.iter().take(64).take_while(|byte| **byte == 0).count();
    let found = [0, zeros].into_iter().find(|skip| is_payload(&bytes[*skip..]));
    Ok(found.map(|skip| end + skip as u64))
}

/// Where a program of Linux ends: behind its last section, or its last
/// segment among those that the begin shows.
fn end_of_program(begin: &[u8]) -> Option<u64> {
    let is_wide = begin.get(4)? == &2;
    let is_big = begin.get(5)? == &2;
    let number = |at: usize, length: usize| {
        let mut bytes = begin.get(at..)?.get(..length)?.to_vec();
        if is_big {
            bytes.reverse();
        }
        Some(bytes.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    let (sections, size, count, segments, entry, entries, begin_at, length_at, width) = if is_wide {
        (
            number(40, 8)?,
            number(58, 2)?,
            number(60, 2)?,
            number(32, 8)?,
            number(54, 2)?,
            number(56, 2)?,
            8,
            32,
            8,
        )
    } else {
        (
            number(32, 4)?,
            number(46, 2)?,
            number(48, 2)?,
            number(28, 4)?,
            number(42, 2)?,
            number(44, 2)?,
            4,
            16,
            4,
        )
    };
    let mut end = if sections == 0 { 0 } else { sections.checked_add(size * count)? };
    for segment in 0..entries.min(64) {
        let at = usize::try_from(segments.checked_add(segment * entry)?).ok()?;
        let (Some(place), Some(length)) =
            (number(at.checked_add(begin_at)?, width), number(at.checked_add(length_at)?, width))
        else {
            break;
        };
        end = end.max(place.saturating_add(length));
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_count_only_with_their_checksums() {
        let mut seven = SEVEN.to_vec();
        seven.extend([0, 4, 0, 0, 0, 0]);
        seven.extend([7; 20]);
        assert!(!is_seven(&seven));
        let crc = crc32fast::hash(&seven[12..32]).to_le_bytes();
        seven[8..12].copy_from_slice(&crc);
        assert!(is_seven(&seven));
        let mut rar = RAR.to_vec();
        rar.push(0);
        let block = [0x73, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0];
        rar.extend((crc32fast::hash(&block) as u16).to_le_bytes());
        rar.extend(block);
        assert!(is_rar(&rar));
        rar[12] ^= 1;
        assert!(!is_rar(&rar));
        let block = [5, 1, 5, 0, 1, 2];
        let mut rar = [RAR, &[1, 0]].concat();
        rar.extend(crc32fast::hash(&block).to_le_bytes());
        rar.extend(block);
        assert!(is_rar(&rar));
    }

    proptest::proptest! {
        #[test]
        fn any_program_has_an_end_or_none(mut bytes: Vec<u8>, wide: bool) {
            bytes.splice(0..0, [0x7f, b'E', b'L', b'F', 1 + u8::from(wide), 1]);
            end_of_program(&bytes);
            is_rar(&[RAR, &bytes].concat());
            is_payload(&bytes);
        }
    }
}
