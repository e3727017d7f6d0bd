//! Digests of files that did not change are not computed again: a hub over
//! gigabytes starts at once the second time.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// Digests by path, size and time of change.
#[derive(Debug, Default)]
pub(crate) struct DigestCache {
    file: Option<PathBuf>,
    known: Mutex<BTreeMap<String, Known>>,
}

/// What is known of a file's bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Digests {
    /// The git blob id of the bytes.
    pub(crate) blob: [u8; 20],
    /// Of the bytes.
    pub(crate) sha256: [u8; 32],
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    size: u64,
    changed: (i64, i64),
    digests: Digests,
}

impl DigestCache {
    /// A cache that is kept in `file`; one that cannot be read starts empty.
    pub(crate) fn kept_in(file: PathBuf) -> Self {
        let text = std::fs::read(&file).unwrap_or_default();
        let known = serde_json::from_slice(&text).unwrap_or_default();
        Self { file: Some(file), known: Mutex::new(known) }
    }

    /// The digests of the file at `path`, from memory where size and time
    /// are as they were.
    pub(crate) fn get_or_compute(
        &self,
        path: &Path,
        metadata: &Metadata,
        compute: impl FnOnce() -> io::Result<Digests>,
    ) -> io::Result<Digests> {
        let key = path.to_string_lossy().into_owned();
        let changed = (metadata.mtime(), metadata.mtime_nsec());
        let size = metadata.len();
        if let Some(known) = self.lock().get(&key)
            && known.size == size
            && known.changed == changed
        {
            return Ok(known.digests);
        }
        let digests = compute()?;
        self.lock().insert(key, Known { size, changed, digests });
        Ok(digests)
    }

    /// Writes the cache to its file. A folder that cannot be written to only
    /// costs time at the next start.
    pub(crate) fn save(&self) {
        if let Some(file) = &self.file
            && let Ok(text) = serde_json::to_vec(&*self.lock())
        {
            let _ = std::fs::write(file, text);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
