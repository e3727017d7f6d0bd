//! Open folders. All that is written goes by an open folder and one name in
//! it, so that a link put somewhere in a path leads nowhere.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, Stat};
use rustix::io::{self, Errno};

use crate::fault::{disk, shown};

const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// Non-blocking, so that a pipe put in a file's place does not hold us.
const FILE: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

/// Makes sure that there is a folder at `path` which only this user may enter,
/// and makes it and those above it where they are missing (mode 0700).
///
/// # Errors
/// [`Kind::Disk`] where it cannot be made; [`Kind::Refused`] where it belongs
/// to another user or others may write to it: nothing in it could be trusted.
pub fn private_folder(path: &Path) -> Result<PathBuf> {
    Ok(Folder::private(path)?.path)
}

/// An open folder, and its path for messages.
#[derive(Debug)]
pub(crate) struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Folder {
    /// Opens the folder at `path`, which is no symbolic link.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let fd = rustix::fs::openat(CWD, path, FOLDER, Mode::empty())
            .map_err(|error| disk("open", path, error))?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// The folder that was opened at `path`.
    pub(crate) fn from_fd(fd: OwnedFd, path: PathBuf) -> Self {
        Self { fd, path }
    }

    /// Makes and opens a new folder at `path`.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        rustix::fs::mkdirat(CWD, path, Mode::from_raw_mode(0o755))
            .map_err(|error| disk("create", path, error))?;
        let folder = Self::open(path)?;
        folder.set_mode(0o755)?;
        Ok(folder)
    }

    /// See [`private_folder`].
    pub(crate) fn private(path: &Path) -> Result<Self> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        let folder = match made {
            Ok(()) => Self::open(path)?,
            Err(error) => return Err(disk("create", path, error)),
        };
        let stat = folder.stat()?;
        let refused = |why: &str, hint: &str| {
            Err(Error::new(Kind::Refused, format!("the folder \"{}\" {why}", shown(path)))
                .with_hint(hint))
        };
        if stat.st_uid != rustix::process::geteuid().as_raw() {
            return refused(
                "belongs to another user, so what is in it cannot be trusted",
                "run as its owner, or choose another folder with XDG_CACHE_HOME",
            );
        }
        let mode = Mode::from_raw_mode(stat.st_mode);
        if mode.intersects(Mode::WGRP | Mode::WOTH) {
            return refused(
                "may be written by others, so what is in it cannot be trusted",
                "look at what is in it, remove it, and run it again",
            );
        }
        if mode.intersects(Mode::RWXG | Mode::RWXO) {
            folder.set_mode(0o700)?;
        }
        Ok(folder)
    }

    /// The same folder, open once more.
    pub(crate) fn again(&self) -> Result<Self> {
        let fd = self.fd.try_clone().map_err(|error| disk("open", &self.path, error))?;
        Ok(Self { fd, path: self.path.clone() })
    }

    pub(crate) fn into_fd(self) -> OwnedFd {
        self.fd
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of `name` in it, for messages.
    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// The error where trying to `action` what is named `name` in it failed.
    pub(crate) fn fault(&self, action: &str, name: impl AsRef<Path>, error: Errno) -> Error {
        disk(action, &self.join(name), error)
    }

    pub(crate) fn stat(&self) -> Result<Stat> {
        rustix::fs::fstat(&self.fd).map_err(|error| disk("look at", &self.path, error))
    }

    /// What `name` in it is, links not followed.
    pub(crate) fn stat_of(&self, name: impl AsRef<Path>) -> io::Result<Stat> {
        rustix::fs::statat(&self.fd, name.as_ref(), AtFlags::SYMLINK_NOFOLLOW)
    }

    pub(crate) fn set_mode(&self, mode: u32) -> Result<()> {
        rustix::fs::fchmod(&self.fd, permissions(mode))
            .map_err(|error| disk("set the permissions of", &self.path, error))
    }

    /// Opens the folder `name` in it.
    pub(crate) fn folder(&self, name: impl AsRef<Path>) -> io::Result<Self> {
        let fd = rustix::fs::openat(&self.fd, name.as_ref(), FOLDER, Mode::empty())?;
        Ok(Self { fd, path: self.join(name) })
    }

    /// Makes the new folder `name` in it, with exactly this mode.
    pub(crate) fn make(&self, name: impl AsRef<Path>, mode: u32) -> Result<Self> {
        let name = name.as_ref();
        rustix::fs::mkdirat(&self.fd, name, Mode::RWXU)
            .map_err(|error| self.fault("create", name, error))?;
        let folder = self.folder(name).map_err(|error| self.fault("open", name, error))?;
        folder.set_mode(mode)?;
        Ok(folder)
    }

    /// Opens the file `name` in it; only what `access` says is allowed.
    pub(crate) fn file(&self, name: impl AsRef<Path>, access: OFlags) -> io::Result<File> {
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::openat(&self.fd, name.as_ref(), access | FILE, mode).map(File::from)
    }

    /// Removes the file `name` in it; that there is none is well too.
    pub(crate) fn remove(&self, name: impl AsRef<Path>) -> Result<()> {
        match rustix::fs::unlinkat(&self.fd, name.as_ref(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.fault("remove", name, error)),
        }
    }

    /// The names in it, sorted by their bytes; an error beyond `most` of them.
    pub(crate) fn names(&self, most: usize) -> Result<Vec<Vec<u8>>> {
        let fault = |error| disk("list", &self.path, error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_bytes();
            if name == b"." || name == b".." {
                continue;
            }
            if names.len() == most {
                return Err(Error::new(
                    Kind::Refused,
                    format!("\"{}\" holds too many files", shown(&self.path)),
                ));
            }
            names.push(name.to_vec());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Makes sure that the names in it are on disk.
    pub(crate) fn sync(&self) -> Result<()> {
        rustix::fs::fsync(&self.fd).map_err(|error| disk("sync", &self.path, error))
    }

    /// Bytes that can still be written below it.
    pub(crate) fn free_space(&self) -> Result<u64> {
        let space = rustix::fs::fstatvfs(&self.fd)
            .map_err(|error| disk("ask for the free space of", &self.path, error))?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }
}

pub(crate) fn permissions(mode: u32) -> Mode {
    // The raw type differs between systems; every mode here has nine bits.
    Mode::from_bits_truncate(mode as rustix::fs::RawMode)
}

/// A name as the kernel gave it.
pub(crate) fn name(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_private_folder_is_made_tightened_or_refused() {
        let base = tempfile::tempdir().unwrap();
        let made = private_folder(&base.path().join("a/b")).unwrap();
        assert_eq!(fs::metadata(&made).unwrap().mode() & 0o777, 0o700);

        fs::set_permissions(&made, fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&made).unwrap();
        assert_eq!(fs::metadata(&made).unwrap().mode() & 0o777, 0o700);

        fs::set_permissions(&made, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(private_folder(&made).unwrap_err().kind(), Kind::Refused);
    }

    #[test]
    fn another_users_folder_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("theirs");
        fs::create_dir(&path).unwrap();
        if std::os::unix::fs::chown(&path, Some(12345), None).is_err() {
            return; // Only root can give folders away.
        }
        let error = private_folder(&path).unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains("another user"), "{error}");
    }

    #[test]
    fn a_link_in_place_of_the_folder_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let link = base.path().join("link");
        symlink(base.path(), &link).unwrap();
        assert_eq!(private_folder(&link).unwrap_err().kind(), Kind::Disk);
        fs::write(base.path().join("file"), "").unwrap();
        assert_eq!(private_folder(&base.path().join("file")).unwrap_err().kind(), Kind::Disk);
    }
}
