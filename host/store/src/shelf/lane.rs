//! The folder of partials that this process holds.

use std::fs::File;

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{FileType, OFlags};
use rustix::io::Errno;

use crate::claim::Claim;
use crate::fault::{disk, shown};
use crate::folder::{Folder, name};

const PREFIX: &str = "lane-";

#[derive(Debug)]
pub(super) struct Lane(Claim);

impl Lane {
    /// Claims a lane in the partials folder, and takes over what processes that
    /// are gone left in theirs.
    pub(super) fn claim(partials: &Folder) -> Result<Self> {
        let mut left = Claim::abandoned(partials, PREFIX)?.into_iter();
        let lane = match left.next() {
            Some(claim) => Self(claim),
            None => Self(Claim::new(partials, PREFIX)?),
        };
        for claim in left {
            lane.adopt(claim)?;
        }
        tracing::debug!(lane = %shown(lane.folder().path()), "partials are kept here");
        Ok(lane)
    }

    /// Moves all partials of another lane here; of two the longer one stays.
    fn adopt(&self, other: Claim) -> Result<()> {
        for found in other.folder().names(usize::MAX)? {
            let key = name(&found);
            let length = |folder: &Folder| folder.stat_of(key).map_or(-1, |stat| stat.st_size);
            if length(other.folder()) > length(self.folder()) {
                rustix::fs::renameat(other.folder(), key, self.folder(), key)
                    .map_err(|error| self.folder().fault("move a partial to", key, error))?;
            }
        }
        other.sweep();
        Ok(())
    }

    pub(super) fn folder(&self) -> &Folder {
        self.0.folder()
    }

    /// Bytes of the partial with this key.
    pub(super) fn held(&self, key: &str) -> Result<u64> {
        match self.folder().stat_of(key) {
            // A published file is not a partial any more; see `open`.
            Ok(stat) if stat.st_nlink == 1 => Ok(u64::try_from(stat.st_size).unwrap_or(0)),
            Ok(_) | Err(Errno::NOENT) => Ok(0),
            Err(error) => Err(self.folder().fault("look at", key, error)),
        }
    }

    /// Opens the partial with this key, or makes it, and says its length.
    pub(super) fn open(&self, key: &str) -> Result<(File, u64)> {
        let folder = self.folder();
        let fault = |error: Errno| folder.fault("open", key, error);
        let path = folder.join(key);
        let file = folder.file(key, OFlags::RDWR | OFlags::CREATE).map_err(fault)?;
        let stat = rustix::fs::fstat(&file).map_err(fault)?;
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            return Err(Error::new(
                Kind::Disk,
                format!("the partial \"{}\" is not a regular file", shown(&path)),
            )
            .with_hint("remove it and run it again"));
        }
        if stat.st_nlink == 1 {
            return Ok((file, u64::try_from(stat.st_size).unwrap_or(0)));
        }
        // The process stopped between publishing the file and taking this name
        // away. Writing to it would write to what was published.
        folder.remove(key)?;
        folder
            .file(key, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)
            .map(|file| (file, 0))
            .map_err(|error| disk("create", &path, error))
    }
}
