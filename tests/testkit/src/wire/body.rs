//! What a response carries, piece by piece: a file is never whole in memory.

use std::io::{self, SeekFrom};
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// The largest piece that is read and written at once, in bytes.
const PIECE: u64 = 256 * 1024;

/// Which bytes of a resource are not what they should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wrong {
    /// The one at this offset.
    Byte(u64),
    /// All from this offset on: another file's.
    From(u64),
}

/// A response's content.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// A part of a file on disk.
    File {
        disk: PathBuf,
        start: u64,
        length: u64,
    },
    /// So many zeros.
    Zeros(u64),
}

impl Body {
    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { length, .. } | Self::Zeros(length) => *length,
        }
    }

    /// Where its first byte lies in the whole resource.
    fn start(&self) -> u64 {
        match self {
            Self::Bytes(_) | Self::Zeros(_) => 0,
            Self::File { start, .. } => *start,
        }
    }

    /// Whether the byte at this offset of the whole resource is in it.
    pub(crate) fn holds(&self, offset: u64) -> bool {
        offset.checked_sub(self.start()).is_some_and(|offset| offset < self.length())
    }

    /// Its pieces from the first on; those bytes that are `wrong` (offsets are
    /// of the whole resource) are changed.
    pub(crate) async fn pieces(self, wrong: Option<Wrong>) -> io::Result<Pieces> {
        let wrong = match wrong {
            Some(Wrong::Byte(offset)) => offset.checked_sub(self.start()).map(Wrong::Byte),
            Some(Wrong::From(offset)) => Some(Wrong::From(offset.saturating_sub(self.start()))),
            None => None,
        };
        let source = match self {
            Self::Bytes(bytes) => Source::Bytes(bytes),
            Self::Zeros(length) => Source::Zeros(length),
            Self::File { disk, start, length } => {
                let mut file = tokio::fs::File::open(disk).await?;
                file.seek(SeekFrom::Start(start)).await?;
                Source::File(file, length)
            }
        };
        Ok(Pieces { source, done: 0, wrong })
    }
}

/// A body that is being read.
pub(crate) struct Pieces {
    source: Source,
    done: u64,
    wrong: Option<Wrong>,
}

enum Source {
    Bytes(Vec<u8>),
    File(tokio::fs::File, u64),
    Zeros(u64),
}

impl Pieces {
    /// The next piece, of `most` bytes at the most; empty at the end.
    pub(crate) async fn next(&mut self, most: u64) -> io::Result<Vec<u8>> {
        let mut piece = self.read(most.min(PIECE)).await?;
        self.spoil(&mut piece);
        self.done += piece.len() as u64;
        Ok(piece)
    }

    fn spoil(&self, piece: &mut [u8]) {
        match self.wrong {
            None => {}
            Some(Wrong::Byte(offset)) => {
                let offset = offset.checked_sub(self.done);
                if let Some(byte) = offset.and_then(|offset| piece.get_mut(offset as usize)) {
                    *byte ^= 0xff;
                }
            }
            Some(Wrong::From(offset)) => {
                let first = offset.saturating_sub(self.done);
                piece.iter_mut().skip(first as usize).for_each(|byte| *byte ^= 0x55);
            }
        }
    }

    async fn read(&mut self, most: u64) -> io::Result<Vec<u8>> {
        match &mut self.source {
            Source::Bytes(bytes) => {
                let rest = bytes.split_off(bytes.len().min(most as usize));
                Ok(std::mem::replace(bytes, rest))
            }
            Source::Zeros(left) => {
                let piece = vec![0; most.min(*left) as usize];
                *left -= piece.len() as u64;
                Ok(piece)
            }
            Source::File(file, left) => {
                let mut piece = vec![0; most.min(*left) as usize];
                file.read_exact(&mut piece).await?;
                *left -= piece.len() as u64;
                Ok(piece)
            }
        }
    }
}
