//! The files under scan: what the user named, each file opened read-only for as
//! long as it is read. Nothing in a tree ends its scan: what cannot be scanned
//! is a finding.

mod listing;
mod place;

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::{Files, ScanEntry};
use nix_ai_model_core::scan::Finding;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::FileType;
use rustix::io::Errno;

use self::listing::Listing;
use self::place::{Base, Place};
use crate::fault::{disk, shown};

/// Files that are kept open: scanners read side by side, and come back.
const OPEN: usize = 32;

/// Files and folders whose files are scanned.
///
/// Where the user named a link, what it leads to is scanned. In a folder links
/// are followed to regular files within the folder, in the Nix store (whose
/// files are public and never change), and from a snapshot of a Hugging Face
/// cache into its blobs. Any other link is a finding, and what it leads to is
/// not read: findings quote what they find, and a model must not make them
/// quote the user's own files.
#[derive(Debug)]
pub struct ScanTree {
    bases: Vec<Base>,
    entries: Vec<ScanEntry>,
    /// Where each entry is.
    places: Vec<Place>,
    found: Vec<Finding>,
    open: Mutex<VecDeque<(usize, Arc<File>)>>,
}

impl ScanTree {
    /// What is at these paths. Of several paths each begins the paths of its
    /// files. `store` is the Nix store's folder. At most 256 folders deep and
    /// 2,000,000 names.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is nothing at one of the paths;
    /// [`Kind::Disk`] where it cannot be opened.
    pub fn open(roots: &[PathBuf], store: &Path) -> Result<Self> {
        let prefix = |root: &Path| match roots {
            [_] => String::new(),
            _ => listing::readable(root.as_os_str().as_encoded_bytes()),
        };
        let roots = roots.iter().map(|root| (root.as_path(), prefix(root)));
        Self::listed(roots, store)
    }

    /// The files at these paths, each under a path of its own in the scan.
    ///
    /// # Errors
    /// As [`ScanTree::open`].
    pub fn parts(parts: &BTreeMap<FilePath, PathBuf>, store: &Path) -> Result<Self> {
        Self::listed(parts.iter().map(|(path, part)| (&**part, path.to_string())), store)
    }

    fn listed<'a>(roots: impl Iterator<Item = (&'a Path, String)>, store: &Path) -> Result<Self> {
        let mut listing = Listing::new(store);
        for (root, prefix) in roots {
            listing.root(root, prefix.trim_end_matches('/'))?;
        }
        let Listing { bases, mut files, found, .. } = listing;
        files.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        let (entries, places) = files.into_iter().unzip();
        Ok(Self { bases, entries, places, found, open: Mutex::default() })
    }

    /// What was found while the files were listed.
    pub fn found(&self) -> &[Finding] {
        &self.found
    }

    fn place(&self, number: usize) -> Result<&Place> {
        self.places.get(number).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("there is no file {number} in this scan"))
        })
    }

    fn file(&self, number: usize) -> Result<Arc<File>> {
        let open = || self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, file)) = open().iter().find(|(known, _)| *known == number) {
            return Ok(file.clone());
        }
        let file = Arc::new(self.opened(number)?);
        let mut open = open();
        if open.len() >= OPEN {
            open.pop_front();
        }
        open.push_back((number, file.clone()));
        Ok(file)
    }

    /// Opens a file that is still what it was when it was listed.
    fn opened(&self, number: usize) -> Result<File> {
        let place = self.place(number)?;
        let base = &self.bases[place.base];
        let changed = |why: &str| {
            let path = shown(&base.folder.join(place.path()));
            Error::new(Kind::Refused, format!("\"{path}\" {why} during the scan"))
        };
        let file = place.open(base).map_err(|error| match error {
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP => changed("vanished"),
            error => disk("open", &base.folder.join(place.path()), error),
        })?;
        let stat = rustix::fs::fstat(&file)
            .map_err(|error| disk("look at", &base.folder.join(place.path()), error))?;
        let regular = FileType::from_raw_mode(stat.st_mode).is_file();
        if !regular || place.mark != place::Mark::of(&stat) {
            return Err(changed("changed"));
        }
        Ok(file)
    }
}

impl Files for ScanTree {
    fn entries(&self) -> &[ScanEntry] {
        &self.entries
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        let place = self.place(file)?;
        // No more than there was when the scan began.
        let left = place.mark.size.saturating_sub(offset);
        let length = length.min(usize::try_from(left).unwrap_or(usize::MAX));
        let opened = self.file(file)?;
        let mut bytes = vec![0; length];
        let mut read = 0;
        while read < length {
            match opened.read_at(&mut bytes[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let path = self.bases[place.base].folder.join(place.path());
                    return Err(disk("read", &path, error));
                }
            }
        }
        bytes.truncate(read);
        Ok(bytes.into())
    }

    fn check(&self, file: usize) -> Result<()> {
        self.opened(file).map(drop)
    }
}

#[cfg(test)]
mod tests;
