//! Folders that belong to one running process as long as it lives, so that
//! another one can tell what was left behind.

use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use crate::fault::shown;
use crate::folder::{Folder, name};
use crate::owner::{Owner, Standing};

/// A folder that is being made, which nobody looks for.
const UNNAMED: &str = ".new-";

/// A folder of this process.
#[derive(Debug)]
pub(crate) struct Claim {
    parent: Folder,
    name: String,
    folder: Folder,
    owner: Owner,
}

impl Claim {
    /// Makes a folder whose name begins with `prefix` in `parent`, mode 0700.
    /// It appears with its owner's record in it.
    pub(crate) fn new(parent: &Folder, prefix: &str) -> Result<Self> {
        let parent = parent.again()?;
        let unnamed = tempfile::Builder::new()
            .prefix(UNNAMED)
            .rand_bytes(12)
            .tempdir_in(parent.path())
            .map_err(|error| crate::fault::disk("create a folder in", parent.path(), error))?;
        let random = unnamed.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = random.replacen(UNNAMED, prefix, 1);
        let folder =
            parent.folder(&random).map_err(|error| parent.fault("open", &random, error))?;
        folder.set_mode(0o700)?;
        let owner = Owner::new(&folder)?;
        rustix::fs::renameat(&parent, &random, &parent, &name)
            .map_err(|error| parent.fault("create", &name, error))?;
        // Under its name it is the owner's to remove.
        let _ = unnamed.keep();
        let folder = Folder::from_fd(folder.into_fd(), parent.join(&name));
        Ok(Self { parent, name, folder, owner })
    }

    /// Takes all folders of this user beside it that begin with `prefix` and
    /// whose owner is gone. They are inside this one then, and this one's.
    pub(crate) fn abandoned(&self, prefix: &str) -> Result<Vec<Folder>> {
        let mut taken = Vec::new();
        for found in self.parent.names(usize::MAX)? {
            if found.starts_with(prefix.as_bytes())
                && found != self.name.as_bytes()
                && self.standing(name(&found))? == Standing::Gone
            {
                taken.extend(self.take(name(&found))?);
            }
        }
        Ok(taken)
    }

    /// Whether the owner of a folder beside it lives; one that is not this
    /// user's is let be.
    pub(crate) fn standing(&self, other: &Path) -> Result<Standing> {
        let foreign = || Standing::Living("another user".to_owned());
        match self.parent.stat_of(other) {
            Ok(stat)
                if stat.st_uid == rustix::process::geteuid().as_raw()
                    && FileType::from_raw_mode(stat.st_mode).is_dir() => {}
            Ok(_) => return Ok(foreign()),
            Err(Errno::NOENT) => return Ok(Standing::Gone),
            Err(error) => return Err(self.parent.fault("look at", other, error)),
        }
        match self.parent.folder(other) {
            Ok(folder) => self.owner.standing_of(&folder),
            Err(Errno::NOENT) => Ok(Standing::Gone),
            Err(Errno::NOTDIR | Errno::LOOP) => Ok(foreign()),
            Err(error) => Err(self.parent.fault("open", other, error)),
        }
    }

    /// Takes a folder whose owner is gone. Of several that try, one does.
    pub(crate) fn take(&self, other: &Path) -> Result<Option<Folder>> {
        match rustix::fs::renameat(&self.parent, other, &self.folder, other) {
            Ok(()) => {}
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(self.parent.fault("take over", other, error)),
        }
        let folder =
            self.folder.folder(other).map_err(|error| self.folder.fault("open", other, error))?;
        Owner::depose(&folder)?;
        Ok(Some(folder))
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Its name in the folder that it is in.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Makes sure that the folder is still this process's.
    ///
    /// # Errors
    /// [`Kind::Disk`] where another one took it: this one slept for too long.
    pub(crate) fn check(&self) -> Result<()> {
        if self.owner.is_there() {
            return Ok(());
        }
        Err(Error::new(
            Kind::Disk,
            format!(
                "another process took over \"{}\" while this one stood still",
                shown(self.folder.path())
            ),
        )
        .with_hint("run it again; what was downloaded is not lost"))
    }

    /// Leaves the folder to the user, under a name that begins otherwise.
    pub(crate) fn leave(self, prefix: &str, other: &str) -> Result<PathBuf> {
        let name = self.name.replacen(prefix, other, 1);
        Owner::depose(&self.folder)?;
        rustix::fs::renameat(&self.parent, &self.name, &self.parent, &name)
            .map_err(|error| self.parent.fault("create", &name, error))?;
        Ok(self.parent.join(name))
    }

    /// Removes the folder with all that is in it.
    pub(crate) fn sweep(self) {
        sweep(&self.folder);
    }
}

/// What is in the folder stays, for whoever takes it.
impl Drop for Claim {
    fn drop(&mut self) {
        if self.owner.is_there() {
            let _ = Owner::depose(&self.folder);
            // Only an empty one goes.
            let _ = rustix::fs::unlinkat(&self.parent, &self.name, AtFlags::REMOVEDIR);
        }
    }
}

/// Removes a folder with all that is in it.
pub(crate) fn sweep(folder: &Folder) {
    match std::fs::remove_dir_all(folder.path()) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        // What stays is swept by the next run; it fails no one.
        Err(error) => {
            tracing::warn!(path = %shown(folder.path()), %error, "could not remove a folder");
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
        assert!(second.abandoned("x-").unwrap().is_empty());
        std::fs::write(first.folder().join("kept"), "").unwrap();
        let path = first.folder().path().to_owned();
        drop(first);
        let abandoned = second.abandoned("x-").unwrap();
        assert_eq!(abandoned.len(), 1);
        assert!(!path.exists() && abandoned[0].join("kept").exists());
        second.check().unwrap();
        let path = second.folder().path().to_owned();
        second.sweep();
        assert!(!path.exists());
    }

    #[test]
    fn an_empty_claim_leaves_nothing() {
        let base = tempfile::tempdir().unwrap();
        let parent = Folder::open(base.path()).unwrap();
        drop(Claim::new(&parent, "x-").unwrap());
        assert_eq!(std::fs::read_dir(base.path()).unwrap().count(), 0);
    }

    #[test]
    fn one_whose_folder_was_taken_is_told() {
        let base = tempfile::tempdir().unwrap();
        let parent = Folder::open(base.path()).unwrap();
        let sleeper = Claim::new(&parent, "x-").unwrap();
        let other = Claim::new(&parent, "x-").unwrap();
        other.take(Path::new(sleeper.name())).unwrap().unwrap();
        assert_eq!(sleeper.check().unwrap_err().kind(), Kind::Disk);
        assert!(other.take(Path::new(sleeper.name())).unwrap().is_none(), "it is taken once");
    }

    #[test]
    fn owners_of_other_machines_are_judged_by_their_records_age() {
        let base = tempfile::tempdir().unwrap();
        let parent = Folder::open(base.path()).unwrap();
        let ours = Claim::new(&parent, "x-").unwrap();
        let theirs = parent.make("x-theirs", 0o700).unwrap();
        let record = theirs.join("owner");
        std::fs::write(&record, "another machine\n7 on elsewhere\n").unwrap();
        let standing = || ours.standing(Path::new("x-theirs")).unwrap();
        assert_eq!(standing(), Standing::Living("7 on elsewhere".to_owned()));
        let age = |seconds| {
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
            std::fs::File::open(&record).unwrap().set_modified(then).unwrap();
        };
        age(10);
        assert_eq!(standing(), Standing::Living("7 on elsewhere".to_owned()));
        age(60);
        assert_eq!(standing(), Standing::Gone);
    }

    #[test]
    fn links_and_files_are_never_claimed() {
        let base = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(other.path(), base.path().join("x-0")).unwrap();
        std::fs::write(base.path().join("x-1"), "").unwrap();
        let parent = Folder::open(base.path()).unwrap();
        let claim = Claim::new(&parent, "x-").unwrap();
        assert!(claim.abandoned("x-").unwrap().is_empty());
        assert_eq!(std::fs::read_dir(base.path()).unwrap().count(), 3);
    }
}
