//! Walks a tree in the order of a NAR: a folder before what is in it, names
//! sorted by their bytes. Links are told, never followed.

use std::fs::File;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};

use crate::fault::{disk, shown};
use crate::folder::{Folder, name};

/// The deepest nesting of folders.
const DEEPEST: usize = 256;
/// The most entries.
const MOST: usize = 2_000_000;

/// One entry of a tree.
#[derive(Debug)]
pub struct Entry {
    /// Its path below the root as the kernel has it, names joined by `/`;
    /// empty for the root itself.
    pub path: Vec<u8>,
    /// What it is.
    pub item: Item,
}

/// What an entry is.
#[derive(Debug)]
pub enum Item {
    /// A folder; what is in it follows.
    Folder,
    /// A regular file.
    File {
        /// The file, open for reading.
        file: File,
        /// Its size in bytes.
        size: u64,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A symbolic link.
    Link {
        /// Where it points, as it is written.
        target: Vec<u8>,
    },
}

/// Walks the file, link or folder at `root`. At most 256 folders deep and
/// 2,000,000 entries; pipes, sockets and devices are refused.
///
/// # Errors
/// [`Kind::Disk`] where the root is not there or cannot be read; further ones,
/// [`Kind::Refused`] among them, come from the iterator, which then ends.
pub fn walk(root: &Path) -> Result<Walk> {
    let found = match (root.parent(), root.file_name()) {
        (Some(parent), Some(name)) if !parent.as_os_str().is_empty() => {
            // Where a link leads to the parent, the user has named it so.
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let parent = rustix::fs::openat(CWD, parent, flags, Mode::empty())
                .map_err(|error| disk("open", parent, error))?;
            look(parent, Path::new(name), root)?
        }
        (_, Some(_)) => look(CWD, root, root)?,
        // `/`, `.` and `x/..` are folders without a name of their own.
        _ => Found::Folder(Folder::open(root)?),
    };
    let mut walk =
        Walk { root: root.to_owned(), levels: Vec::new(), path: Vec::new(), count: 0, first: None };
    walk.first = Some(walk.enter(found)?);
    Ok(walk)
}

/// A walk under way.
#[derive(Debug)]
pub struct Walk {
    root: PathBuf,
    levels: Vec<Level>,
    path: Vec<u8>,
    count: usize,
    first: Option<Item>,
}

/// A folder whose entries are being told.
#[derive(Debug)]
struct Level {
    folder: Folder,
    names: std::vec::IntoIter<Vec<u8>>,
    /// Length of the folder's own path.
    length: usize,
}

impl Iterator for Walk {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(item) = self.first.take() {
            return Some(Ok(Entry { path: Vec::new(), item }));
        }
        while let Some(level) = self.levels.last_mut() {
            self.path.truncate(level.length);
            let Some(next) = level.names.next() else {
                self.levels.pop();
                continue;
            };
            if !self.path.is_empty() {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(&next);
            let found = look(&level.folder, name(&next), &self.root.join(name(&self.path)));
            let item = found.and_then(|found| self.enter(found));
            if item.is_err() {
                self.levels.clear();
            }
            return Some(item.map(|item| Entry { path: self.path.clone(), item }));
        }
        None
    }
}

impl Walk {
    /// Counts what was found, and goes into it where it is a folder.
    fn enter(&mut self, found: Found) -> Result<Item> {
        let folder = match found {
            Found::Item(item) => return Ok(item),
            Found::Folder(folder) => folder,
        };
        if self.levels.len() == DEEPEST {
            return Err(refused(folder.path(), "is nested too deep"));
        }
        let names = folder.names(MOST - self.count)?;
        self.count += names.len();
        self.levels.push(Level { folder, names: names.into_iter(), length: self.path.len() });
        Ok(Item::Folder)
    }
}

enum Found {
    Folder(Folder),
    Item(Item),
}

/// What `name` in `parent` is; `path` is for messages.
fn look(parent: impl AsFd, name: &Path, path: &Path) -> Result<Found> {
    let open = |more| {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | more;
        rustix::fs::openat(&parent, name, flags, Mode::empty())
            .map_err(|error| disk("open", path, error))
    };
    let stat = rustix::fs::statat(&parent, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_err(|error| disk("look at", path, error))?;
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => {
            Ok(Found::Folder(Folder::from_fd(open(OFlags::DIRECTORY)?, path.to_owned())))
        }
        FileType::RegularFile => file(File::from(open(OFlags::NONBLOCK)?), path).map(Found::Item),
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(&parent, name, Vec::new())
                .map_err(|error| disk("read", path, error))?;
            Ok(Found::Item(Item::Link { target: target.into_bytes() }))
        }
        _ => Err(refused(path, "is a pipe, a socket or a device")),
    }
}

/// What was opened is looked at again: it may not be what was there before.
fn file(file: File, path: &Path) -> Result<Item> {
    let stat = rustix::fs::fstat(&file).map_err(|error| disk("look at", path, error))?;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        return Err(refused(path, "changed while it was looked at"));
    }
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    let executable = Mode::from_raw_mode(stat.st_mode).contains(Mode::XUSR);
    Ok(Item::File { file, size, executable })
}

fn refused(path: &Path, why: &str) -> Error {
    Error::new(Kind::Refused, format!("\"{}\" {why}", shown(path)))
        .with_hint("a model is made of folders, regular files and symbolic links")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::fs;
    use std::io::Read as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn told(root: &Path) -> Vec<String> {
        walk(root)
            .unwrap()
            .map(|entry| {
                let Entry { path, item } = entry.unwrap();
                let path = String::from_utf8_lossy(&path).into_owned();
                match item {
                    Item::Folder => format!("{path}/"),
                    Item::File { mut file, size, executable } => {
                        let mut text = String::new();
                        file.read_to_string(&mut text).unwrap();
                        format!("{path}={text}:{size}{}", if executable { "x" } else { "" })
                    }
                    Item::Link { target } => format!("{path}>{}", String::from_utf8_lossy(&target)),
                }
            })
            .collect()
    }

    #[test]
    fn entries_come_in_the_order_of_a_nar() {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("model");
        fs::create_dir_all(root.join("a/empty")).unwrap();
        for file in ["a.b", "a-b", "a/z", "Z", "é"] {
            fs::write(root.join(file), file).unwrap();
        }
        fs::set_permissions(root.join("Z"), fs::Permissions::from_mode(0o744)).unwrap();
        symlink("/etc", root.join("a/out")).unwrap();
        fs::write(root.join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        assert_eq!(
            told(&root),
            [
                "/",
                "Z=Z:1x",
                "a/",
                "a/empty/",
                "a/out>/etc",
                "a/z=a/z:3",
                "a-b=a-b:3",
                "a.b=a.b:3",
                "é=é:2",
                "\u{fffd}=:0"
            ]
        );
        assert_eq!(told(&root.join("Z")), ["=Z:1x"]);
        assert_eq!(told(&root.join("a/out")), [">/etc"]);
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(walk(&base.path().join("none")).unwrap_err().kind(), Kind::Disk);
        let mut deep = base.path().join("deep");
        fs::create_dir(&deep).unwrap();
        for _ in 0..DEEPEST {
            deep.push("d");
            fs::create_dir(&deep).unwrap();
        }
        let last = walk(&base.path().join("deep")).unwrap().last().unwrap();
        assert_eq!(last.unwrap_err().kind(), Kind::Refused);
        let pipe = base.path().join("a-pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::RUSR).unwrap();
        assert_eq!(walk(&pipe).unwrap_err().kind(), Kind::Refused);
        assert!(walk(base.path()).unwrap().any(|entry| entry.is_err()));
    }
}
