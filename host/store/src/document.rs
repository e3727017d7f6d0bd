//! Files that are written whole or not at all.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{CWD, OFlags};
use rustix::io::Errno;

use crate::fault::{disk, shown};
use crate::folder::{Folder, name, permissions};

/// The most files of a folder that is listed.
const LISTED: usize = 10_000;
/// How the names begin of files that are being written.
const UNFINISHED: &str = ".unfinished-";

/// Writes a user's file, or puts new content in its place. A link is followed:
/// the file may be kept elsewhere.
///
/// # Errors
/// [`Kind::Disk`] where it cannot be written; what was there is still there.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let path = path.canonicalize().or_else(|_| absolute(path))?;
    let (Some(parent), Some(file)) = (path.parent(), path.file_name()) else {
        return Err(Error::new(Kind::Usage, format!("\"{}\" is no file", shown(&path))));
    };
    let folder = Folder::open(parent)?;
    let mode = match folder.stat_of(file) {
        Ok(stat) => stat.st_mode & 0o777,
        Err(_) => 0o644,
    };
    write(&folder, Path::new(file), content, mode)
}

/// Makes the new folder `path` with these files, by their relative paths.
///
/// # Errors
/// [`Kind::Usage`] where there is something at `path`; [`Kind::Disk`] where it
/// cannot be written. Nothing is left then.
pub fn new_folder(path: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    let path = absolute(path)?;
    let taken = || {
        Error::new(Kind::Usage, format!("there is something at \"{}\" already", shown(&path)))
            .with_hint("choose another name, or remove it")
    };
    if rustix::fs::lstat(&path).is_ok() {
        return Err(taken());
    }
    let parent = path.parent().unwrap_or(Path::new("/"));
    let making = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempdir_in(parent)
        .map_err(|error| disk("create a folder in", parent, error))?;
    for (relative, content) in files {
        let file = making.path().join(relative);
        let folder = file.parent().unwrap_or(making.path());
        std::fs::create_dir_all(folder).map_err(|error| disk("create", folder, error))?;
        std::fs::write(&file, content).map_err(|error| disk("write", &file, error))?;
    }
    let made = making.path();
    rustix::fs::chmod(made, permissions(0o755)).map_err(|error| disk("create", made, error))?;
    match rustix::fs::renameat(CWD, made, CWD, &path) {
        Ok(()) => {
            // It has another name now.
            let _ = making.keep();
            Ok(())
        }
        Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => Err(taken()),
        Err(error) => Err(disk("create", &path, error)),
    }
}

/// The names of the files in a folder that end with `.extension`, sorted;
/// those that begin with a dot are left out.
///
/// # Errors
/// [`Kind::Disk`] where it is no folder that can be read.
pub fn list(folder: &Path, extension: &str) -> Result<Vec<String>> {
    let folder = Folder::open(&absolute(folder)?)?;
    let names = folder.names(LISTED)?.into_iter().filter_map(|name| String::from_utf8(name).ok());
    let listed = |name: &String| {
        !name.starts_with('.') && Path::new(name).extension().is_some_and(|own| own == extension)
    };
    Ok(names.filter(listed).collect())
}

/// The path from the root, as it is written: without `.` and `..`, links not
/// looked at.
///
/// # Errors
/// [`Kind::Disk`] where the working folder is gone.
pub fn absolute(path: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(path).map_err(|error| disk("find", path, error))?;
    let mut clean = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => drop(clean.pop()),
            other => clean.push(other),
        }
    }
    Ok(clean)
}

/// Writes `file` in `folder`: on disk under another name first, then renamed.
pub(crate) fn write(folder: &Folder, file: &Path, content: &[u8], mode: u32) -> Result<()> {
    let unfinished = format!("{UNFINISHED}{}", rustix::process::getpid().as_raw_nonzero());
    let unfinished = Path::new(&unfinished);
    folder.remove(unfinished)?;
    let written = folder
        .file(unfinished, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)
        .map_err(|error| folder.fault("write", file, error))
        .and_then(|mut opened| {
            let fault = |error| disk("write", &folder.join(file), error);
            opened.write_all(content).map_err(fault)?;
            rustix::fs::fchmod(&opened, permissions(mode))
                .map_err(|error| folder.fault("write", file, error))?;
            opened.sync_all().map_err(fault)
        })
        .and_then(|()| {
            rustix::fs::renameat(folder, unfinished, folder, file)
                .map_err(|error| folder.fault("write", file, error))
        });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = folder.remove(unfinished);
        return written;
    }
    folder.sync()
}

/// Removes what was left by writers that did not end. Only under their lock.
pub(crate) fn sweep(folder: &Folder) -> Result<()> {
    for file in folder.names(usize::MAX)? {
        if file.starts_with(UNFINISHED.as_bytes()) {
            folder.remove(name(&file))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_where_it_really_is_with_its_mode() {
        let base = tempfile::tempdir().unwrap();
        let (real, link) = (base.path().join("real"), base.path().join("link"));
        replace(&real, b"one").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        replace(&link, b"two").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"two");
        assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
        assert!(link.is_symlink());
        assert_eq!(replace(&base.path().join("no/file"), b"x").unwrap_err().kind(), Kind::Disk);
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_new_folder_is_whole_or_not_there() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("plugin");
        let files =
            [("src/lib.rs".to_owned(), b"x".to_vec()), ("plugin.toml".to_owned(), Vec::new())];
        new_folder(&path, &files).unwrap();
        assert_eq!(fs::read(path.join("src/lib.rs")).unwrap(), b"x");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o755);
        assert_eq!(new_folder(&path, &files).unwrap_err().kind(), Kind::Usage);
        let wrong = [("a".to_owned(), Vec::new()), ("a/b".to_owned(), Vec::new())];
        assert_eq!(new_folder(&base.path().join("other"), &wrong).unwrap_err().kind(), Kind::Disk);
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 1);
    }

    #[test]
    fn paths_are_made_absolute_and_clean() {
        assert_eq!(absolute(Path::new("/a/./b/../c")).unwrap(), Path::new("/a/c"));
        assert!(absolute(Path::new("x")).unwrap().is_absolute());
    }
}
