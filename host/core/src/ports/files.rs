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
}

/// A file under scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanEntry {
    /// Its path below the scanned folder, names joined by `/`.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
}
