//! A folder for what is needed only while a command runs.

use std::path::{Path, PathBuf};

use nix_ai_model_core::Result;

use crate::claim::{Claim, sweep};
use crate::folder::Folder;

const PREFIX: &str = "run-";
/// What was left for the user is nobody's to sweep.
const KEPT: &str = "kept-";

/// A new private folder, which goes with what is in it when this is dropped.
/// What a killed process left is removed by the next one.
#[derive(Debug)]
pub struct Scratch {
    claim: Option<Claim>,
    path: PathBuf,
}

impl Scratch {
    /// A new folder below `parent`, which is made where it is missing.
    ///
    /// # Errors
    /// As [`crate::private_folder`].
    pub fn new(parent: &Path) -> Result<Self> {
        let claim = Claim::new(&Folder::private(parent)?, PREFIX)?;
        claim.abandoned(PREFIX)?.iter().for_each(sweep);
        let path = claim.folder().path().to_owned();
        Ok(Self { claim: Some(claim), path })
    }

    /// Keeps the folder and what is in it for the user; its path from now on.
    ///
    /// # Errors
    /// [`nix_ai_model_core::Kind::Disk`].
    pub fn keep(mut self) -> Result<PathBuf> {
        match self.claim.take() {
            Some(claim) => claim.leave(PREFIX, KEPT),
            None => Ok(std::mem::take(&mut self.path)),
        }
    }

    /// The path of something in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(claim) = self.claim.take() {
            claim.sweep();
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
        std::fs::create_dir_all(dead.join("model")).unwrap();
        let next = Scratch::new(&parent).unwrap();
        assert!(!dead.exists());
        assert!(live.join("").exists());
        let kept = Scratch::new(&parent).unwrap();
        std::fs::write(kept.join("model"), "bytes").unwrap();
        let kept = kept.keep().unwrap();
        let path = next.join("");
        drop(next);
        assert!(!path.exists());
        let _ = Scratch::new(&parent).unwrap();
        assert_eq!(std::fs::read(kept.join("model")).unwrap(), b"bytes");
    }
}
