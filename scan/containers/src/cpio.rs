//! Archives of `cpio`: the binary form, the old one of octal digits, and the
//! new ones of hexadecimal digits.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range};
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, View, cut_bytes};

use crate::path::{escape, link_escape};
use crate::rules;

/// The name of the last member.
const TRAILER: &[u8] = b"TRAILER!!!";
/// Bytes of the longest header, and of the longest name.
const LONGEST: usize = 110;
const NAME: u64 = 4096;
/// Members of a stream up to this size are held: going back in it is dear.
const HELD: u64 = 4 << 20;

/// Reads archives of `cpio`.
pub struct Cpio;

impl Reader for Cpio {
    fn format(&self) -> &'static str {
        "cpio archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        let Some(header) = Header::read(&head.begin) else { return false };
        let name = head.begin.get(header.length..).unwrap_or_default();
        let name = &name[..name.len().min(header.name as usize)];
        // Two bytes of the binary form tell little.
        let is_name = matches!(name, [text @ .., 0] if !text.is_empty() && !text.contains(&0));
        is_name && (head.begin[0] == b'0' || matches!(header.mode >> 12, 1 | 2 | 4 | 6 | 8 | 10))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let whole = part.view();
        let mut place = 0_u64;
        loop {
            scan.budget.step(1)?;
            let begin = whole.bytes(place, LONGEST)?;
            if begin.iter().all(|byte| *byte == 0) {
                // Archives may follow one another, as those of a kernel do;
                // zeros behind the last are padding.
                match next(&**whole, &mut place)? {
                    true => continue,
                    false => return Ok(()),
                }
            }
            let Some(header) = Header::read(&begin) else {
                if place == 0 {
                    return Err(Fault::broken(0, "has a header that is none"));
                }
                let view = Rc::new(Range::new(whole.clone(), place, u64::MAX - place));
                scan.find(part, rules::TRAILING.found("bytes follow a member").at(place));
                scan.part(&part.within("(what follows the archive)", view));
                return Ok(());
            };
            if header.name > NAME {
                return Err(Fault::broken(place, "has a name that is too long"));
            }
            let mut name = whole.bytes(place + header.length as u64, header.name as usize)?;
            name.truncate(name.iter().position(|byte| *byte == 0).unwrap_or(name.len()));
            let data = header.align(place + header.length as u64 + header.name);
            place = header.align(data.saturating_add(header.size));
            if name != TRAILER {
                member(part, &header, &name, data, scan)?;
            }
        }
    }
}

/// Passes over zeros; false where nothing follows them.
fn next(view: &dyn View, place: &mut u64) -> Result<bool> {
    const MOST: u64 = 1 << 20;
    let end = place.saturating_add(MOST);
    while *place < end {
        let bytes = view.bytes(*place, 4096)?;
        if let Some(zeros) = bytes.iter().position(|byte| *byte != 0) {
            *place += zeros as u64;
            return Ok(true);
        }
        if bytes.is_empty() {
            return Ok(false);
        }
        *place += bytes.len() as u64;
    }
    Ok(false)
}

fn member<'a>(
    part: &Part<'a>,
    header: &Header,
    name: &[u8],
    data: u64,
    scan: &mut Scan<'a>,
) -> Result<()> {
    let (whole, shown) = (part.view(), cut_bytes(name));
    if let Some(how) = escape(&shown) {
        scan.find(part, rules::PATH.found(format!("the member {shown:?} {how}")).at(data));
    }
    match header.mode >> 12 {
        1 | 2 | 6 => {
            let message = format!("the member {shown:?} is a device or a pipe");
            scan.find(part, rules::DEVICE.found(message).at(data));
        }
        10 => {
            let target = cut_bytes(&whole.bytes(data, header.size.min(NAME) as usize)?);
            if let Some(how) = link_escape(&shown, &target) {
                let message = format!("the member {shown:?} is a link to {target:?}, which {how}");
                scan.find(part, rules::LINK.found(message).at(data));
            }
            return Ok(());
        }
        _ => {}
    }
    if header.size == 0 {
        return Ok(());
    }
    if whole.is_random() && header.size > whole.size()?.saturating_sub(data) {
        scan.give_up(part, "cpio archive", &Fault::Truncated(whole.size()?));
    }
    let range = Range::new(whole.clone(), data, header.size);
    let view: Rc<dyn View + 'a> = if whole.is_random() || header.size > HELD {
        Rc::new(range)
    } else {
        Rc::new(Memory::new(range.bytes(0, header.size as usize)?))
    };
    scan.part(&part.within(&shown, view));
    Ok(())
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    /// Bytes of it, and of the name with its NUL.
    length: usize,
    name: u64,
    mode: u64,
    size: u64,
    /// What places are multiples of.
    unit: u64,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let digits = |at: usize, length: usize, radix: u32| {
            let text = std::str::from_utf8(bytes.get(at..at + length)?).ok()?;
            let is_number = text.bytes().all(|digit| digit.is_ascii_alphanumeric());
            is_number.then(|| u64::from_str_radix(text, radix).ok()).flatten()
        };
        let header = match bytes {
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2', ..] => Self {
                length: 110,
                name: digits(94, 8, 16)?,
                mode: digits(14, 8, 16)?,
                size: digits(54, 8, 16)?,
                unit: 4,
            },
            [b'0', b'7', b'0', b'7', b'0', b'7', ..] => Self {
                length: 76,
                name: digits(59, 6, 8)?,
                mode: digits(18, 6, 8)?,
                size: digits(65, 11, 8)?,
                unit: 1,
            },
            [0xc7, 0x71, ..] | [0x71, 0xc7, ..] => {
                let word = |at: usize| {
                    let two = *bytes.get(at..)?.first_chunk::<2>()?;
                    let word = if bytes[0] == 0xc7 {
                        u16::from_le_bytes(two)
                    } else {
                        u16::from_be_bytes(two)
                    };
                    Some(u64::from(word))
                };
                let size = word(22)? << 16 | word(24)?;
                Self { length: 26, name: word(20)?, mode: word(6)?, size, unit: 2 }
            }
            _ => return None,
        };
        (header.name > 0).then_some(header)
    }

    fn align(&self, place: u64) -> u64 {
        place.checked_next_multiple_of(self.unit).unwrap_or(u64::MAX)
    }
}
