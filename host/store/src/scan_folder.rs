//! The files under scan: a folder's regular files, opened read-only for one
//! read after another.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use nix_ai_model_core::ports::{Files, ScanEntry};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::OFlags;

use crate::fault::disk;
use crate::folder::Folder;
use crate::walk::{Item, walk};

/// A folder whose files are scanned. Links are refused: what they lead to is
/// not the folder's.
#[derive(Debug)]
pub struct ScanFolder {
    root: Folder,
    entries: Vec<ScanEntry>,
    /// The file that was read last: a scanner reads one after the other.
    last: Mutex<Option<(usize, Arc<File>)>>,
}

impl ScanFolder {
    /// The files below `root`.
    ///
    /// # Errors
    /// [`Kind::Disk`] where the folder cannot be read; [`Kind::Refused`] where
    /// something in it is neither folder nor regular file, or no path of text.
    pub fn open(root: &Path) -> Result<Self> {
        let folder = Folder::open(root)?;
        let mut entries = Vec::new();
        for entry in walk(root)? {
            let entry = entry?;
            let path = String::from_utf8(entry.path).map_err(|error| {
                let path = String::from_utf8_lossy(error.as_bytes()).into_owned();
                refused(&path, "is not UTF-8")
            })?;
            match entry.item {
                Item::Folder => {}
                Item::File { size, .. } => entries.push(ScanEntry { path, size }),
                Item::Link { .. } => return Err(refused(&path, "is a link")),
            }
        }
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { root: folder, entries, last: Mutex::default() })
    }

    fn file(&self, number: usize, path: &str) -> Result<Arc<File>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, file)) = &*last
            && *known == number
        {
            return Ok(file.clone());
        }
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut within = None;
        for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
            let parent = within.as_ref().unwrap_or(&self.root);
            let next =
                parent.folder(folder).map_err(|error| parent.fault("open", folder, error))?;
            within = Some(next);
        }
        let parent = within.as_ref().unwrap_or(&self.root);
        let file = parent.file(name, OFlags::RDONLY);
        let file = Arc::new(file.map_err(|error| parent.fault("open", name, error))?);
        *last = Some((number, file.clone()));
        Ok(file)
    }
}

impl Files for ScanFolder {
    fn entries(&self) -> &[ScanEntry] {
        &self.entries
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        let entry = self.entries.get(file).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no file {file} in this scan"))
        })?;
        // No more than there was when the scan began.
        let left = entry.size.saturating_sub(offset);
        let length = length.min(usize::try_from(left).unwrap_or(usize::MAX));
        let opened = self.file(file, &entry.path)?;
        let mut bytes = vec![0; length];
        let mut read = 0;
        while read < length {
            match opened.read_at(&mut bytes[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(disk("read", &self.root.join(&entry.path), error)),
            }
        }
        bytes.truncate(read);
        Ok(bytes.into())
    }
}

fn refused(path: &str, why: &str) -> Error {
    let path = escape(path);
    Error::new(Kind::Refused, format!("\"{path}\" in the scanned folder {why}"))
        .with_hint("scan a copy that holds the files themselves")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn files_are_listed_and_read() {
        let base = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(base.path().join("a/b")).unwrap();
        std::fs::write(base.path().join("a/b/c"), "hello").unwrap();
        std::fs::write(base.path().join("z"), "").unwrap();
        let files = ScanFolder::open(base.path()).unwrap();
        let paths: Vec<_> = files.entries().iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["a/b/c", "z"]);
        assert_eq!(files.read_at(0, 1, 3).unwrap(), "ell");
        assert_eq!(files.read_at(0, 3, usize::MAX).unwrap(), "lo");
        assert_eq!(files.read_at(0, u64::MAX, 10).unwrap(), "");
        assert_eq!(files.read_at(2, 0, 1).unwrap_err().kind(), Kind::NotFound);
        // What grows, or becomes a link, after the scan began.
        std::fs::write(base.path().join("z"), "more").unwrap();
        assert_eq!(files.read_at(1, 0, 10).unwrap(), "");
        std::fs::remove_file(base.path().join("z")).unwrap();
        std::os::unix::fs::symlink("a/b/c", base.path().join("z")).unwrap();
        let files_again = ScanFolder::open(base.path());
        assert_eq!(files_again.unwrap_err().kind(), Kind::Refused);
        assert_eq!(files.read_at(0, 0, 5).unwrap(), "hello");
        assert_eq!(files.read_at(1, 0, 5).unwrap_err().kind(), Kind::Disk);
    }
}
