use std::io::Read;
use std::rc::Rc;

use lzma_rust2::Lzma2Reader;
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use nix_ai_model_scan_walk::view::{Expand, Stream};
use nix_ai_model_scan_walk::{Allowance, Fault, Result, View};

use super::header::{Coder, Folder};
use crate::codec::{Codec, Library, SLOW, Spent, WINDOW, raw_lzma};
use crate::feed::Feed;

/// What a folder holds, unpacked.
pub fn content<'a>(
    folder: &Folder,
    raw: Rc<dyn View + 'a>,
    allowance: &Allowance,
) -> Result<Stream<'a>> {
    let coders = folder.coders.clone();
    let coders =
        coders.ok_or_else(|| Fault::Unsupported("coders with several inputs".to_owned()))?;
    let allowance = allowance.clone();
    // What cannot be begun is told now, and not as a broken member later.
    start(&coders, &raw)?;
    Ok(Stream::new(move || {
        Ok(Box::new(Spent::new(start(&coders, &raw)?, SLOW, allowance.clone())))
    }))
}

/// Begins the chain of coders.
fn start<'a>(coders: &[Coder], raw: &Rc<dyn View + 'a>) -> Result<Box<dyn Expand + 'a>> {
    let (first, filters) = coders.split_first().ok_or(Fault::Limit("coders"))?;
    let mut source = unpack(first, raw)?;
    for coder in filters {
        source = filter(coder, source)?;
    }
    Ok(source)
}

/// The coder that takes the packed bytes.
fn unpack<'a>(coder: &Coder, raw: &Rc<dyn View + 'a>) -> Result<Box<dyn Expand + 'a>> {
    let feed = Feed::new(raw.clone());
    let broken = || Fault::broken(0, "has a coder whose properties are broken");
    match (&*coder.method, &*coder.properties) {
        ([0], _) => Ok(Box::new(Library(feed))),
        ([3, 1, 1], properties) => {
            let [properties, window @ ..] = properties.first_chunk::<5>().ok_or_else(broken)?;
            raw_lzma(feed, coder.size, *properties, u32::from_le_bytes(*window))
        }
        ([0x21], [coded]) => {
            let window = (2 | u64::from(coded & 1)).checked_shl(u32::from(coded / 2) + 11);
            let window = window.filter(|window| *window <= WINDOW && *coded <= 40);
            let window = window.ok_or(Fault::Limit("bytes of a window"))?;
            let window = u32::try_from(window).unwrap_or(u32::MAX);
            Ok(Box::new(Library(Lzma2Reader::new(feed, window, None))))
        }
        ([4, 1, 8], _) => Codec::Deflate.begin(feed),
        ([4, 1, 9], _) => Codec::Deflate64.begin(feed),
        ([4, 2, 2], _) => Codec::Bzip2.begin(feed),
        ([4, 0xf7, 0x11, 1], _) => Codec::Zstd.begin(feed),
        ([4, 0xf7, 0x11, 4], _) => Codec::Lz4.begin(feed),
        ([6, 0xf1, 7, ..], _) => Err(Fault::Unsupported("encryption".to_owned())),
        (method, _) => Err(unknown(method)),
    }
}

/// A coder that takes what another made.
fn filter<'a>(coder: &Coder, source: Box<dyn Expand + 'a>) -> Result<Box<dyn Expand + 'a>> {
    let source = Expanded(source);
    Ok(match (&*coder.method, &*coder.properties) {
        ([0], _) => source.0,
        ([3], [distance]) => {
            Box::new(Library(DeltaReader::new(source, usize::from(*distance) + 1)))
        }
        ([4] | [3, 3, 1, 3], _) => Box::new(Library(BcjReader::new_x86(source, 0))),
        ([7] | [3, 3, 5, 1], _) => Box::new(Library(BcjReader::new_arm(source, 0))),
        ([0xa], _) => Box::new(Library(BcjReader::new_arm64(source, 0))),
        ([6, 0xf1, 7, ..], _) => return Err(Fault::Unsupported("encryption".to_owned())),
        (method, _) => return Err(unknown(method)),
    })
}

fn unknown(method: &[u8]) -> Fault {
    let name = match method {
        [3, 4, 1] => "PPMd".to_owned(),
        [3, 3, 1, 0x1b] => "BCJ2".to_owned(),
        _ => method.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    Fault::Unsupported(format!("the compression method {name}"))
}

/// A decompressor, as libraries read one.
struct Expanded<'a>(Box<dyn Expand + 'a>);

impl Read for Expanded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        Ok(self.0.expand(buffer)?)
    }
}
