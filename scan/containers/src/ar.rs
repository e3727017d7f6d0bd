//! Archives of `ar`: static libraries, and packages of Debian.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, cut_bytes, view};

use crate::path::escape;
use crate::rules;

/// What an archive begins with, and one whose members are elsewhere.
const MAGIC: &[u8] = b"!<arch>\n";
const THIN: &[u8] = b"!<thin>\n";
/// Bytes of a header.
const HEADER: u64 = 60;
/// Bytes of names that are read.
const NAMES: u64 = 1 << 20;

/// Reads archives of `ar`.
pub struct Ar;

impl Reader for Ar {
    fn format(&self) -> &'static str {
        "ar archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(MAGIC) || head.begins_with(THIN)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let whole = part.view();
        let is_thin = whole.bytes(0, THIN.len())? == THIN;
        let (mut place, mut names) = (MAGIC.len() as u64, Vec::new());
        loop {
            let header = match view::array::<{ HEADER as usize }>(&**whole, place) {
                Ok(header) => header,
                Err(Fault::Truncated(at)) if at <= place + 1 => return Ok(()),
                Err(fault) => return Err(fault),
            };
            scan.budget.step(1)?;
            let size = std::str::from_utf8(&header[48..58]).ok();
            let size = size.and_then(|size| size.trim_end().parse::<u64>().ok());
            let Some(size) = size.filter(|_| header[58..] == *b"`\n") else {
                return Err(Fault::broken(place, "has a header that is none"));
            };
            let (at, data) = (place, place + HEADER);
            let field = header[..16].trim_ascii_end();
            let is_names = field == b"//";
            if is_names {
                names = whole.bytes(data, usize::try_from(size.min(NAMES)).unwrap_or(0))?;
            }
            let is_own = is_names || matches!(field, b"/" | b"/SYM64/");
            let follows = is_own || !is_thin;
            if !is_own && !is_thin {
                member(part, field, &names, (at, data, size), scan)?;
            }
            place = data.saturating_add(if follows { size.saturating_add(size % 2) } else { 0 });
        }
    }
}

/// Has a member read, whose place and size these are.
fn member<'a>(
    part: &Part<'a>,
    field: &[u8],
    names: &[u8],
    (at, mut data, mut size): (u64, u64, u64),
    scan: &mut Scan<'a>,
) -> Result<()> {
    let whole = part.view();
    let mut name = field.strip_suffix(b"/").unwrap_or(field).to_vec();
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u64>().ok();
    if let Some(length) = field.strip_prefix(b"#1/").and_then(number) {
        // BSD's names come before the content.
        let length = length.min(size);
        name = whole.bytes(data, usize::try_from(length.min(4096)).unwrap_or(0))?;
        name.truncate(name.iter().position(|byte| *byte == 0).unwrap_or(name.len()));
        (data, size) = (data.saturating_add(length), size - length);
    } else if let Some(offset) = field.strip_prefix(b"/").and_then(number) {
        let rest = names.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        name = rest[..end].strip_suffix(b"/").unwrap_or(&rest[..end]).to_vec();
    }
    let shown = cut_bytes(&name);
    if let Some(how) = escape(&shown) {
        let message = format!("the member {shown:?} {how}");
        scan.find(part, rules::PATH.found(message).at(at));
    }
    if whole.is_random() && size > whole.size()?.saturating_sub(data) {
        scan.give_up(part, "ar archive", &Fault::Truncated(whole.size()?));
    }
    if is_object(&whole.bytes(data, 20)?) {
        return Ok(());
    }
    let view = Rc::new(Range::new(whole.clone(), data, size));
    scan.part(&part.within(&shown, view));
    Ok(())
}

/// Whether it begins like what compilers make for the linker, which nothing
/// runs as it is: static libraries are made of these.
fn is_object(begin: &[u8]) -> bool {
    let is_elf =
        begin.starts_with(b"\x7fELF") && { matches!(begin.get(16..18), Some([1, 0] | [0, 1])) };
    let is_mach = matches!(begin.first_chunk::<4>(), Some([0xce | 0xcf, 0xfa, 0xed, 0xfe]))
        && begin.get(12) == Some(&1);
    is_elf || is_mach || begin.starts_with(b"BC\xc0\xde")
}
