//! Folders that belong to one running process: locked as long as it lives, so
//! that another one can tell what was left behind.

use std::path::Path;

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{FileType, FlockOperation, Stat};
use rustix::io::Errno;

use crate::fault::shown;
use crate::folder::{Folder, name};

/// The most folders that are claimed side by side in one place.
const MOST: usize = 1024;

/// A folder with this process's lock, which the kernel takes back when the
/// process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Claim(Folder);

impl Claim {
    /// Makes a folder named `{prefix}{number}` in `parent`, mode 0700.
    pub(crate) fn new(parent: &Folder, prefix: &str) -> Result<Self> {
        for number in 0..MOST {
            let name = format!("{prefix}{number}");
            match rustix::fs::mkdirat(parent, &name, rustix::fs::Mode::RWXU) {
                Ok(()) => {}
                Err(Errno::EXIST) => continue,
                Err(error) => return Err(parent.fault("create", name, error)),
            }
            // Another process may have found and swept it before it was locked.
            if let Some(claim) = Self::lock(parent, Path::new(&name))? {
                claim.0.set_mode(0o700)?;
                return Ok(claim);
            }
        }
        Err(Error::new(
            Kind::Disk,
            format!("\"{}\" holds {MOST} folders in use", shown(parent.path())),
        )
        .with_hint("see which processes use it"))
    }

    /// Takes all folders of this user in `parent` that begin with `prefix` and
    /// whose process is gone.
    pub(crate) fn abandoned(parent: &Folder, prefix: &str) -> Result<Vec<Self>> {
        let mut claims = Vec::new();
        for found in parent.names(usize::MAX)? {
            if found.starts_with(prefix.as_bytes()) {
                claims.extend(Self::lock(parent, name(&found))?);
            }
        }
        Ok(claims)
    }

    /// Locks the folder `name`, where it is this user's and free.
    fn lock(parent: &Folder, name: &Path) -> Result<Option<Self>> {
        let own = |stat: &Stat| {
            stat.st_uid == rustix::process::geteuid().as_raw()
                && FileType::from_raw_mode(stat.st_mode).is_dir()
        };
        match parent.stat_of(name) {
            Ok(stat) if own(&stat) => {}
            Ok(_) | Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(parent.fault("look at", name, error)),
        }
        let folder = match parent.folder(name) {
            Ok(folder) => folder,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Ok(None),
            Err(error) => return Err(parent.fault("open", name, error)),
        };
        match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(error) => return Err(parent.fault("lock", name, error)),
        }
        // The one who held it before may have removed it under our hands.
        let locked = folder.stat()?;
        let same = parent
            .stat_of(name)
            .is_ok_and(|there| (there.st_dev, there.st_ino) == (locked.st_dev, locked.st_ino));
        Ok(same.then_some(Self(folder)))
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.0
    }

    /// Removes the folder with all that is in it.
    pub(crate) fn sweep(self) {
        // What stays is swept by the next run; it fails no one.
        if let Err(error) = std::fs::remove_dir_all(self.0.path()) {
            tracing::warn!(path = %shown(self.0.path()), %error, "could not remove a folder");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_claim_is_abandoned_only_when_dropped() {
        let base = tempfile::tempdir().unwrap();
        let parent = Folder::open(base.path()).unwrap();
        let first = Claim::new(&parent, "x-").unwrap();
        let second = Claim::new(&parent, "x-").unwrap();
        assert_ne!(first.folder().path(), second.folder().path());
        assert!(Claim::abandoned(&parent, "x-").unwrap().is_empty());
        let path = first.folder().path().to_owned();
        drop(first);
        let mut abandoned = Claim::abandoned(&parent, "x-").unwrap();
        assert_eq!(abandoned.len(), 1);
        abandoned.remove(0).sweep();
        assert!(!path.exists());
        assert!(second.folder().path().exists());
    }

    #[test]
    fn links_and_files_are_never_claimed() {
        let base = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(other.path(), base.path().join("x-0")).unwrap();
        std::fs::write(base.path().join("x-1"), "").unwrap();
        let parent = Folder::open(base.path()).unwrap();
        assert!(Claim::abandoned(&parent, "x-").unwrap().is_empty());
        let claim = Claim::new(&parent, "x-").unwrap();
        assert!(claim.folder().path().ends_with("x-2"));
    }
}
