//! 7z archives.

mod coder;
mod header;
mod name;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range, Stream};
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, View, cut, cut_bytes, view};

use crate::path::{escape, link_escape};
use crate::rules;
use header::{Contents, ENCODED, Folder, HEADER, Header};
use name::Name;

/// What an archive begins with.
const MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c";
/// Bytes of the first header, from behind which places are told.
const FIRST: u64 = 32;
/// Bytes of the header that are read, packed or not.
const HEADER_MOST: u64 = 16 << 20;
/// Headers within headers.
const DEPTH: usize = 4;
/// Members up to this size are held: going back in a stream is dear.
const HELD: u64 = 4 << 20;

/// Reads 7z archives.
pub struct SevenZip;

impl Reader for SevenZip {
    fn format(&self) -> &'static str {
        "7z archive"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(MAGIC)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let contents = contents(part, scan)?;
        let mut names = contents.names.into_iter();
        for (folder, place, size) in contents.streams.placed() {
            let raw = packed(part, place, size);
            let names = names.by_ref().take(folder.files.len()).collect::<Vec<_>>();
            read_folder(part, folder, &raw, &names, scan)?;
        }
        Ok(())
    }
}

/// The bytes at a place that the header tells.
fn packed<'a>(part: &Part<'a>, place: u64, size: u64) -> Rc<dyn View + 'a> {
    Rc::new(Range::new(part.view().clone(), FIRST.saturating_add(place), size))
}

/// What the header says, unpacked as often as it is packed.
fn contents<'a>(part: &Part<'a>, scan: &Scan<'a>) -> Result<Contents> {
    let first: [u8; FIRST as usize] = view::array(&**part.view(), 0)?;
    let number = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&first[at..at + 8]);
        u64::from_le_bytes(bytes)
    };
    let (place, size) = (number(12), number(20));
    if size == 0 {
        return Ok(Contents::default());
    }
    let end = FIRST.saturating_add(place).saturating_add(size);
    if part.view().is_random() && part.view().size()? < end {
        let what = "has its header beyond its end: it is cut, or the first of several volumes";
        return Err(Fault::broken(part.view().size()?, what));
    }
    let mut bytes = held(&*packed(part, place, size), size)?;
    for _ in 0..DEPTH {
        let mut header = Header::new(&bytes);
        match header.number()? {
            HEADER => return header.contents(),
            ENCODED => {
                let streams = header.streams()?;
                let (folder, place, size) = streams.placed().next().ok_or_else(|| broken(place))?;
                let content = coder::content(folder, packed(part, place, size), &scan.inflated)?;
                bytes = held(&content, folder.files.first().copied().unwrap_or(0))?;
            }
            _ => return Err(broken(place)),
        }
    }
    Err(Fault::Limit("headers within headers"))
}

fn broken(offset: u64) -> Fault {
    Fault::broken(offset, "has a broken header")
}

/// All bytes of a header.
fn held(view: &dyn View, size: u64) -> Result<Vec<u8>> {
    if size > HEADER_MOST {
        return Err(Fault::Limit("bytes of a header"));
    }
    let mut cursor = nix_ai_model_scan_walk::Cursor::new(view);
    cursor.take_bytes(usize::try_from(size).unwrap_or(0))
}

/// Has the files of a folder read, which are packed one behind the other.
fn read_folder<'a>(
    part: &Part<'a>,
    folder: &Folder,
    raw: &Rc<dyn View + 'a>,
    names: &[Name],
    scan: &mut Scan<'a>,
) -> Result<()> {
    let stream: Rc<Stream<'a>> = match coder::content(folder, raw.clone(), &scan.inflated) {
        Ok(stream) => Rc::new(stream),
        Err(fault) => {
            scan.give_up(part, "7z archive", &fault);
            return Ok(());
        }
    };
    let mut place = 0_u64;
    for (number, size) in folder.files.iter().enumerate() {
        scan.budget.step(1)?;
        let is_link = names.get(number).is_some_and(|name| name.is_link);
        let name = names.get(number).map(|name| cut(&name.text));
        let name = name.unwrap_or_else(|| format!("({number})"));
        if let Some(how) = escape(&name) {
            scan.find(part, rules::PATH.found(format!("the member {name:?} {how}")));
        }
        let range = Range::new(stream.clone(), place, *size);
        place = place.saturating_add(*size);
        let view: Rc<dyn View + 'a> = if *size > HELD {
            Rc::new(range)
        } else {
            Rc::new(Memory::new(range.bytes(0, usize::try_from(*size).unwrap_or(0))?))
        };
        if is_link {
            let target = cut_bytes(&view.bytes(0, 4096)?);
            if let Some(how) = link_escape(&name, &target) {
                let message = format!("the member {name:?} is a link to {target:?}, which {how}");
                scan.find(part, rules::LINK.found(message));
            }
        }
        scan.part(&part.within(&name, view));
    }
    Ok(())
}
