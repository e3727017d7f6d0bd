//! What a response carries, piece by piece: a file is never whole in memory.

use std::io::{self, SeekFrom};
use std::path::PathBuf;

use tokio::io::{AsyncReadExt, AsyncSeekExt};

/// The largest piece that is read and written at once, in bytes.
const PIECE: u64 = 256 * 1024;

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

    /// Its pieces from the first on; the byte at `wrong` (an offset in the
    /// whole resource) is changed.
    pub(crate) async fn pieces(self, wrong: Option<u64>) -> io::Result<Pieces> {
        let wrong = wrong.and_then(|offset| offset.checked_sub(self.start()));
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
    wrong: Option<u64>,
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
        if let Some(offset) = self.wrong.and_then(|wrong| wrong.checked_sub(self.done))
            && let Some(byte) = piece.get_mut(offset as usize)
        {
            *byte ^= 0xff;
        }
        self.done += piece.len() as u64;
        Ok(piece)
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
