//! Decompressors, as what makes the bytes of a stream.

mod counted;
pub mod frames;
mod gzip;
mod inflate;
mod library;
pub mod lz4;
mod lzma;
mod lzw;
mod spent;
pub mod zstd;

use std::rc::Rc;

use bzip2::bufread::MultiBzDecoder;
use deflate64::Deflate64Decoder;
use nix_ai_model_scan_walk::view::{Expand, Memory, Stream};
use nix_ai_model_scan_walk::{Allowance, Fault, Part, Result, Scan, View};

use crate::feed::Feed;
use crate::rules;
use counted::Counted;
pub use library::Library;
pub use lzma::raw as raw_lzma;
pub use spent::Spent;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Deflate without any frame.
    Deflate,
    /// Deflate as zlib frames it.
    Zlib,
    /// Gzip members, one after the other.
    Gzip,
    /// Deflate with a larger window, as zip archives may have it.
    Deflate64,
    /// Bzip2 streams, one after the other.
    Bzip2,
    /// XZ streams, one after the other.
    Xz,
    /// LZMA with its old header.
    Lzma,
    /// LZMA as zip archives have it.
    ZipLzma,
    /// Lzip members, one after the other.
    Lzip,
    /// LZ4 frames.
    Lz4,
    /// What Unix's `compress` made.
    Lzw,
    /// Zstandard frames.
    Zstd,
}

/// Bytes that are held at most, where decompressed ones can be held whole.
const HELD: usize = 4 << 20;

/// Bytes of the window that decompressors look back in, at most: as much as
/// `xz -9` takes.
pub const WINDOW: u64 = 64 << 20;

/// What a byte of a slow decompressor costs.
pub const SLOW: u64 = 2;
/// What one of the slowest costs.
const SLOWEST: u64 = 6;
/// Bytes that are still made in a scan once it was found that they are far too
/// many.
pub const OF_A_BOMB: u64 = 128 << 20;

impl Codec {
    /// Begins to decompress what `view` holds.
    fn start<'a>(
        self,
        view: &Rc<dyn View + 'a>,
        allowance: &Allowance,
    ) -> Result<Box<dyn Expand + 'a>> {
        let source = self.begin(Feed::new(view.clone()))?;
        Ok(Box::new(Spent::new(source, self.price(), allowance.clone()).at_least(self.least())))
    }

    /// What a byte costs, by how long it takes to make one.
    fn price(self) -> u64 {
        match self {
            Self::Bzip2 => SLOWEST,
            Self::Xz | Self::Lzma | Self::ZipLzma | Self::Lzip | Self::Lzw => SLOW,
            _ => 1,
        }
    }

    /// Bytes that are paid for at least, however few are made at once: LZ4's
    /// decoder clears its buffer for each block, be it empty.
    fn least(self) -> u64 {
        if self == Self::Lz4 { 64 << 10 } else { 0 }
    }

    /// Begins to decompress, unpaid.
    pub fn begin<'a>(self, feed: Feed<'a>) -> Result<Box<dyn Expand + 'a>> {
        Ok(match self {
            Self::Deflate => Box::new(inflate::Inflating::new(feed, false)),
            Self::Zlib => Box::new(inflate::Inflating::new(feed, true)),
            Self::Gzip => Box::new(gzip::Gunzip::new(feed)),
            Self::Deflate64 => Box::new(Library(Deflate64Decoder::with_buffer(feed))),
            Self::Bzip2 => Box::new(Library(MultiBzDecoder::new(feed))),
            Self::Xz => lzma::xz(feed),
            Self::Lzma => lzma::alone(feed)?,
            Self::ZipLzma => lzma::in_zip(feed)?,
            Self::Lzip => lzma::lzip(feed)?,
            Self::Lz4 => Box::new(lz4::Frames::new(feed)),
            Self::Lzw => Box::new(lzw::Lzw::new(feed)),
            Self::Zstd => Box::new(zstd::Frames::new(feed)),
        })
    }

    /// What is compressed in `view`, as a view: in memory where it is small.
    pub fn content<'a>(self, view: Rc<dyn View + 'a>, allowance: &Allowance) -> Content<'a> {
        let counted = Rc::new(Counted::new(view.clone()));
        let source: Rc<dyn View + 'a> = counted.clone();
        let mut bytes = Vec::new();
        let started = self.start(&source, allowance);
        let end = started.and_then(|mut source| {
            let is_whole = hold(&mut *source, &mut bytes)?;
            Ok((is_whole, !is_whole && is_bomb(&mut *source, bytes.len() as u64, &counted)))
        });
        match end {
            Ok((true, _)) => Content::Whole(bytes),
            // What came before a break is read as well: a loader may do so.
            Err(fault) => Content::Cut(bytes, fault),
            Ok((false, is_bomb)) => {
                drop(bytes);
                let allowance = allowance.clone();
                let stream = Stream::new(move || self.start(&view, &allowance));
                if is_bomb { Content::Bomb(stream) } else { Content::Long(stream) }
            }
        }
    }
}

/// Whether far more is made of what is read than models are compressed by, and
/// much. Where it is not, that is found out soon.
fn is_bomb(source: &mut dyn Expand, already: u64, read: &Counted<'_>) -> bool {
    /// Bytes of one, from some on: fewer at first, since more is read ahead.
    const RATIOS: [(u64, u64); 3] = [(4 << 20, 30), (32 << 20, 150), (128 << 20, 200)];
    let mut made = already;
    let mut step = vec![0; 256 << 10];
    for (enough, ratio) in RATIOS {
        while made < enough {
            match source.expand(&mut step) {
                Ok(more) if more > 0 => made += more as u64,
                // It took all that the scan has.
                Err(Fault::Limit(_)) => return made / ratio >= read.furthest(),
                _ => return false,
            }
        }
        if made / ratio < read.furthest() {
            return false;
        }
    }
    true
}

/// What was decompressed.
pub enum Content<'a> {
    /// All of it.
    Whole(Vec<u8>),
    /// All that came before a fault.
    Cut(Vec<u8>, Fault),
    /// Too much to be held.
    Long(Stream<'a>),
    /// Far too much.
    Bomb(Stream<'a>),
}

impl<'a> Content<'a> {
    /// Says so where it is far too much.
    pub fn judge(&self, part: &Part<'a>, scan: &mut Scan<'a>) {
        if matches!(self, Self::Bomb(_)) {
            let message = "it unfolds to more than two hundred times what it is, and goes on";
            scan.find(part, rules::BOMB.found(message));
            scan.inflated.lower(OF_A_BOMB);
        }
    }

    /// It as a view, and why it is not whole.
    pub fn into_view(self) -> (Rc<dyn View + 'a>, Option<Fault>) {
        match self {
            Self::Whole(bytes) => (Rc::new(Memory::new(bytes)), None),
            Self::Cut(bytes, fault) => (Rc::new(Memory::new(bytes)), Some(fault)),
            Self::Long(stream) | Self::Bomb(stream) => (Rc::new(stream), None),
        }
    }
}

/// Makes bytes until the end, or until there are too many: then false.
fn hold(source: &mut dyn Expand, bytes: &mut Vec<u8>) -> Result<bool> {
    let mut step = 4 << 10;
    loop {
        let from = bytes.len();
        if from >= HELD {
            return Ok(false);
        }
        bytes.resize(from + step, 0);
        let made = source.expand(&mut bytes[from..]);
        bytes.truncate(from + *made.as_ref().unwrap_or(&0));
        if made? == 0 {
            return Ok(true);
        }
        step = (256 << 10).min(step * 2);
    }
}

impl Codec {
    /// Whether bytes are the begin of a zlib stream: the header is right, and
    /// some of it unpacks.
    pub fn is_zlib(begin: &[u8]) -> bool {
        let [method, flags, ..] = *begin else { return false };
        let is_header = method & 0x8f == 8 && flags & 0x20 == 0 && {
            u16::from_be_bytes([method, flags]) % 31 == 0
        };
        is_header && inflate::unpacks(begin)
    }
}
