use std::sync::Arc;

use bytes::Bytes;

use crate::Result;

/// The files under scan, read-only. A file's place in [`Files::entries`] is its
/// number.
pub trait Files: Send + Sync {
    /// All of them, in path order.
    fn entries(&self) -> &[ScanEntry];

    /// Up to `length` bytes at `offset` of a file; fewer at its end.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] where there is no such file;
    /// [`crate::Kind::Disk`] where it cannot be read.
    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes>;

    /// Whether a file can be read, and is still what it was when the scan began.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`] where it cannot be read; [`crate::Kind::Refused`]
    /// where it changed.
    fn check(&self, file: usize) -> Result<()>;
}

/// One of the files, as if there were no others.
pub struct OneFile {
    files: Arc<dyn Files>,
    number: usize,
}

impl OneFile {
    /// The file of this number; none where there is no such file.
    pub fn of(files: Arc<dyn Files>, number: usize) -> Self {
        Self { files, number }
    }
}

impl Files for OneFile {
    fn entries(&self) -> &[ScanEntry] {
        self.files.entries().get(self.number..=self.number).unwrap_or_default()
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        // A number beyond the only one is beyond all of them, too.
        let number = if file == 0 { self.number } else { usize::MAX };
        self.files.read_at(number, offset, length)
    }

    fn check(&self, file: usize) -> Result<()> {
        let number = if file == 0 { self.number } else { usize::MAX };
        self.files.check(number)
    }
}

/// A file under scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanEntry {
    /// Its path below the scanned folder, names joined by `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}
