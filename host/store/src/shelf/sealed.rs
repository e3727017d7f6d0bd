//! A file that is complete and verified, read before it is published.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::{Files, PartialKey, ScanEntry};
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::OFlags;

use super::Inner;
use super::partial::regular;
use crate::fault::disk;

/// It is opened for each read: there may be more of them than a process may
/// have open.
pub(super) struct Sealed {
    inner: Arc<Inner>,
    key: PartialKey,
    entries: [ScanEntry; 1],
}

impl Sealed {
    pub(super) fn new(inner: Arc<Inner>, key: &PartialKey, path: &FilePath) -> Result<Self> {
        let entry = ScanEntry { path: path.to_string(), size: 0 };
        let mut sealed = Self { inner, key: key.clone(), entries: [entry] };
        sealed.entries[0].size = sealed.open()?.1;
        Ok(sealed)
    }

    fn open(&self) -> Result<(File, u64)> {
        let folder = self.inner.lane.folder();
        let key = self.key.as_str();
        let file = folder.file(key, OFlags::RDONLY);
        let file = file.map_err(|error| folder.fault("open", key, error))?;
        let size = regular(&file, &folder.join(key))?;
        Ok((file, size))
    }
}

impl Files for Sealed {
    fn entries(&self) -> &[ScanEntry] {
        &self.entries
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        let entry = self.entries.get(file).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no file {file} in this scan"))
        })?;
        let left = entry.size.saturating_sub(offset);
        let length = length.min(usize::try_from(left).unwrap_or(usize::MAX));
        let (opened, _) = self.open()?;
        let mut bytes = vec![0; length];
        let path = || self.inner.lane.folder().join(self.key.as_str());
        opened.read_exact_at(&mut bytes, offset).map_err(|error| disk("read", &path(), error))?;
        Ok(bytes.into())
    }

    /// Nobody else writes to this process's partials.
    fn check(&self, file: usize) -> Result<()> {
        match self.entries.get(file) {
            Some(entry) if self.open()?.1 == entry.size => Ok(()),
            _ => Err(Error::new(Kind::Refused, "the file changed after it was verified")),
        }
    }
}
