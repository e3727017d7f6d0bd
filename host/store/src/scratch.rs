//! A folder for what is needed only while a command runs.

use std::path::{Path, PathBuf};

use nix_ai_model_core::Result;
use rustix::fs::FlockOperation;

use crate::fault::disk;
use crate::folder::private_folder;

/// Beside each scratch folder, held while its owner lives.
const LOCK: &str = ".lock";

/// A new private folder, which goes with what is in it when this is dropped.
/// What a killed process left is removed by the next one.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
    _lock: std::fs::File,
}

impl Scratch {
    /// A new folder below `parent`, which is made where it is missing.
    ///
    /// # Errors
    /// As [`private_folder`].
    pub fn new(parent: &Path) -> Result<Self> {
        let parent = private_folder(parent)?;
        sweep(&parent);
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&parent);
        let folder = folder.map_err(|error| disk("create a folder in", &parent, error))?;
        let path = folder.path().join(LOCK);
        let lock = std::fs::File::create(&path).map_err(|error| disk("create", &path, error))?;
        rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive)
            .map_err(|error| disk("lock", &path, error))?;
        Ok(Self { folder, _lock: lock })
    }

    /// Keeps the folder and what is in it for the user.
    pub fn keep(self) {
        let path = self.folder.keep();
        // Without a lock it is nobody's to sweep.
        let _ = std::fs::remove_file(path.join(LOCK));
    }

    /// The path of something in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes folders whose owner is gone. One without a lock is being made.
fn sweep(parent: &Path) {
    let Ok(entries) = std::fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let Ok(lock) = std::fs::File::open(entry.path().join(LOCK)) else { continue };
        if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_a_dead_owner_left_is_swept_and_what_a_live_one_has_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let parent = parent.path().join("scratch");
        let live = Scratch::new(&parent).unwrap();
        let dead = parent.join("run-dead");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(dead.join(LOCK), "").unwrap();
        let next = Scratch::new(&parent).unwrap();
        assert!(!dead.exists());
        assert!(live.join(LOCK).exists());
        let kept = Scratch::new(&parent).unwrap();
        let kept_path = kept.join("");
        kept.keep();
        let path = next.join("");
        drop(next);
        assert!(!path.exists());
        let _ = Scratch::new(&parent).unwrap();
        assert!(kept_path.exists());
    }
}
