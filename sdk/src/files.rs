//! The files under scan.

use std::io::{Error, ErrorKind, Read, Result as IoResult, Seek, SeekFrom};

use crate::bindings::scanner::nix_ai_model::plugin::files;
use crate::{Entry, Failure, Imports, Level};

/// What the host does for a scanner.
pub trait Files {
    /// The files of this scan, in path order.
    fn list(&self) -> Vec<Entry>;

    /// Up to `length` bytes at `offset`; fewer at the end of the file, and
    /// where the host bounds the length. [`Reader`] asks as often as it takes.
    ///
    /// # Errors
    /// [`crate::FailureKind::Denied`] where there is no such file in this scan.
    fn read_at(&self, id: u32, offset: u64, length: u32) -> Result<Vec<u8>, Failure>;

    /// Writes a line into the user's log.
    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]);
}

impl Files for Imports {
    fn list(&self) -> Vec<Entry> {
        files::list()
    }

    fn read_at(&self, id: u32, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        files::read_at(id, offset, length)
    }

    fn log(&self, level: Level, message: &str, fields: &[(&str, &str)]) {
        crate::Host::log(self, level, message, fields);
    }
}

/// Bytes that are asked for at once, so that small reads cost few calls.
const BLOCK: u32 = 64 << 10;

/// A file from its beginning to its end, as Rust's readers are used.
pub struct Reader<'a> {
    files: &'a dyn Files,
    id: u32,
    size: u64,
    /// Where the next byte is.
    position: u64,
    /// The block that was read last, and where it begins.
    block: Vec<u8>,
    begin: u64,
}

impl<'a> Reader<'a> {
    /// Begins at the file's first byte.
    pub fn new(files: &'a dyn Files, file: &Entry) -> Self {
        let (id, size) = (file.id, file.size);
        Self { files, id, size, position: 0, block: Vec::new(), begin: 0 }
    }

    /// The bytes of the block from the position on; empty where it has none.
    fn held(&self) -> &[u8] {
        let past =
            self.position.checked_sub(self.begin).and_then(|past| usize::try_from(past).ok());
        past.and_then(|past| self.block.get(past..)).unwrap_or_default()
    }
}

impl Read for Reader<'_> {
    /// # Errors
    /// The host's failure, in its words.
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        if self.held().is_empty() && self.position < self.size {
            self.block = self
                .files
                .read_at(self.id, self.position, BLOCK)
                .map_err(|failure| Error::other(failure.message))?;
            self.begin = self.position;
        }
        let read = self.held().len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.held()[..read]);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(past) => self.size.checked_add_signed(past),
            SeekFrom::Current(past) => self.position.checked_add_signed(past),
        };
        self.position = position
            .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "before the file's begin"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::ScriptedFiles;

    #[test]
    fn a_reader_gives_the_whole_file_across_blocks() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let files = ScriptedFiles::new().file("a.bin", bytes.clone());
        let mut read = Vec::new();
        Reader::new(&files, &files.list()[0]).read_to_end(&mut read).unwrap();
        assert_eq!(read, bytes);
    }

    #[test]
    fn a_reader_goes_where_it_is_sent() {
        let files = ScriptedFiles::new().file("a.txt", "0123456789");
        let mut reader = Reader::new(&files, &files.list()[0]);
        let mut two = [0; 2];
        for (to, expected) in [
            (SeekFrom::End(-2), *b"89"),
            (SeekFrom::Start(1), *b"12"),
            (SeekFrom::Current(3), *b"67"),
            (SeekFrom::Current(-8), *b"01"),
        ] {
            reader.seek(to).unwrap();
            reader.read_exact(&mut two).unwrap();
            assert_eq!(two, expected, "{to:?}");
        }
        reader.seek(SeekFrom::Start(100)).unwrap();
        assert_eq!(reader.read(&mut two).unwrap(), 0);
        assert!(reader.seek(SeekFrom::End(-11)).is_err());
    }

    #[test]
    fn what_the_host_refuses_is_said() {
        let files = ScriptedFiles::new();
        let stranger = Entry { id: 7, path: "x".to_owned(), size: 1 };
        let error = Reader::new(&files, &stranger).read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "there is no file 7 in this scan");
    }
}
