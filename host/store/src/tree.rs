//! Writes a new tree, name by name through open folders: no link that somebody
//! puts into it leads a write outside.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, OFlags};
use rustix::io::Errno;

use crate::fault::disk;
use crate::folder::{Folder, permissions};

/// A tree being written.
#[derive(Debug)]
pub(crate) struct Tree {
    root: Folder,
    /// Folders that were made, relative to the root.
    made: BTreeSet<String>,
    /// Files that were placed, relative to the root.
    placed: Vec<String>,
    /// The folder that was written to last: files come folder by folder.
    last: Option<(String, Folder)>,
}

/// So many files are synced one by one; for more, the whole file system is,
/// where it can be asked for that.
#[cfg(target_os = "linux")]
const ONE_BY_ONE: usize = 32;

impl Tree {
    /// A tree below this folder.
    pub(crate) fn below(root: Folder) -> Self {
        Self { root, made: BTreeSet::new(), placed: Vec::new(), last: None }
    }

    /// Gives the file `from`/`key` the place `path` too, by a hard link, or a
    /// copy where the two are on different file systems or `apart` is asked
    /// for. Its mode is exact, whatever the umask.
    pub(crate) fn place(
        &mut self,
        from: &Folder,
        key: &str,
        path: &str,
        executable: bool,
        apart: bool,
    ) -> Result<()> {
        let (parent, name) = self.parent(path)?;
        place(from, key, parent, Path::new(name), executable, apart)?;
        self.placed.push(path.to_owned());
        Ok(())
    }

    /// Writes a small file, mode 0644.
    pub(crate) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut file = self.create(path, false)?;
        file.write_all(bytes).map_err(|error| disk("write", &self.root.join(path), error))
    }

    /// Makes a file to be written, mode 0644 or 0755.
    pub(crate) fn create(&mut self, path: &str, executable: bool) -> Result<File> {
        let (parent, name) = self.parent(path)?;
        let file = parent
            .file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)
            .map_err(|error| parent.fault("create", name, error))?;
        rustix::fs::fchmod(&file, permissions(if executable { 0o755 } else { 0o644 }))
            .map_err(|error| parent.fault("set the permissions of", name, error))?;
        Ok(file)
    }

    /// Makes a symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &Path) -> Result<()> {
        let (parent, name) = self.parent(path)?;
        rustix::fs::symlinkat(target, parent, name)
            .map_err(|error| parent.fault("create", name, error))
    }

    /// Makes sure that every file and name in the tree is on disk.
    pub(crate) fn sync(&self) -> Result<()> {
        #[cfg(target_os = "linux")]
        if self.placed.len() > ONE_BY_ONE {
            return rustix::fs::syncfs(&self.root)
                .map_err(|error| disk("sync", self.root.path(), error));
        }
        for path in &self.placed {
            let fault = |error| disk("sync", &self.root.join(path), error);
            let (folder, name) = self.known(path)?;
            let file = folder.file(name, OFlags::RDONLY).map_err(|error| fault(error.into()))?;
            file.sync_data().map_err(fault)?;
        }
        for path in &self.made {
            let folder =
                self.root.folder(path).map_err(|error| self.root.fault("open", path, error))?;
            folder.sync()?;
        }
        self.root.sync()
    }

    /// Opens the folder that `path` is in, making what is missing, and gives
    /// the last name.
    fn parent<'a>(&mut self, path: &'a str) -> Result<(&Folder, &'a str)> {
        let plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains('\0');
        if !path.split('/').all(plain) {
            return Err(Error::new(Kind::Internal, "a path that was not checked is written"));
        }
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        if folders.is_empty() {
            return Ok((&self.root, name));
        }
        if self.last.as_ref().is_none_or(|(last, _)| last != folders) {
            self.last = Some((folders.to_owned(), self.folder(folders)?));
        }
        Ok((self.last.as_ref().map_or(&self.root, |(_, folder)| folder), name))
    }

    /// Opens the folder at `path`, making what is missing.
    fn folder(&mut self, path: &str) -> Result<Folder> {
        let mut folder: Option<Folder> = None;
        let mut end = 0;
        for step in path.split('/') {
            end += step.len();
            let so_far = &path[..end];
            let within = folder.as_ref().unwrap_or(&self.root);
            folder = Some(if self.made.contains(so_far) {
                within.folder(step).map_err(|error| within.fault("open", step, error))?
            } else {
                let made = within.make(step, 0o755)?;
                self.made.insert(so_far.to_owned());
                made
            });
            end += 1;
        }
        folder.map_or_else(|| self.root.again(), Ok)
    }

    /// The folder that a placed file is in, and its name.
    fn known<'a>(&self, path: &'a str) -> Result<(Folder, &'a str)> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut folder = self.enter(None, "")?;
        for step in folders.split('/').filter(|step| !step.is_empty()) {
            folder = self.enter(Some(&folder), step)?;
        }
        Ok((folder, name))
    }

    fn enter(&self, folder: Option<&Folder>, name: &str) -> Result<Folder> {
        let (folder, name) = folder.map_or((&self.root, "."), |folder| (folder, name));
        folder.folder(name).map_err(|error| folder.fault("open", name, error))
    }
}

/// See [`Tree::place`].
pub(crate) fn place(
    from: &Folder,
    key: &str,
    parent: &Folder,
    name: &Path,
    executable: bool,
    apart: bool,
) -> Result<()> {
    let mode = permissions(if executable { 0o755 } else { 0o644 });
    if !apart {
        set_mode(from, key, mode)?;
        match rustix::fs::linkat(from, key, parent, name, AtFlags::empty()) {
            Ok(()) => return Ok(()),
            // Another file system, or one without hard links, or too many of them.
            Err(Errno::XDEV | Errno::PERM | Errno::OPNOTSUPP | Errno::MLINK | Errno::NOSYS) => {}
            Err(error) => return Err(parent.fault("create", name, error)),
        }
    }
    copy(from, key, parent, name, mode)
}

/// Gives a file this mode, where it has another one.
fn set_mode(folder: &Folder, name: &str, mode: rustix::fs::Mode) -> Result<()> {
    let stat = folder.stat_of(name).map_err(|error| folder.fault("look at", name, error))?;
    if rustix::fs::Mode::from_raw_mode(stat.st_mode) == mode {
        return Ok(());
    }
    let file =
        folder.file(name, OFlags::RDONLY).map_err(|error| folder.fault("open", name, error))?;
    rustix::fs::fchmod(&file, mode)
        .map_err(|error| folder.fault("set the permissions of", name, error))
}

/// Copies, in the kernel where it can (and then without using space, on file
/// systems that share blocks).
fn copy(
    from: &Folder,
    key: &str,
    parent: &Folder,
    name: &Path,
    mode: rustix::fs::Mode,
) -> Result<()> {
    let mut source =
        from.file(key, OFlags::RDONLY).map_err(|error| from.fault("open", key, error))?;
    let mut copy = parent
        .file(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)
        .map_err(|error| parent.fault("create", name, error))?;
    std::io::copy(&mut source, &mut copy)
        .map_err(|error| disk("write", &parent.join(name), error))?;
    rustix::fs::fchmod(&copy, mode)
        .map_err(|error| parent.fault("set the permissions of", name, error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::fs;

    use super::*;

    #[test]
    fn a_link_put_into_the_tree_is_not_followed() {
        let base = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let mut tree = Tree::below(Folder::open(base.path()).unwrap());
        std::os::unix::fs::symlink(outside.path(), base.path().join("a")).unwrap();
        assert_eq!(tree.write("a/x", b"1").unwrap_err().kind(), Kind::Disk);

        tree.write("b/x", b"1").unwrap();
        fs::rename(base.path().join("b"), base.path().join("c")).unwrap();
        std::os::unix::fs::symlink(outside.path(), base.path().join("b")).unwrap();
        // The folder that is open is the one that was made, whatever it is called.
        tree.write("b/y", b"1").unwrap();
        tree.write("d", b"1").unwrap();
        assert_eq!(tree.write("b/deeper/y", b"1").unwrap_err().kind(), Kind::Disk);
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
        assert!(base.path().join("c/y").exists());
    }

    #[test]
    fn unclean_paths_are_a_fault_of_ours() {
        let base = tempfile::tempdir().unwrap();
        let mut tree = Tree::below(Folder::open(base.path()).unwrap());
        for path in ["", "../x", "/x", "a//b", "a/.", "a\0b"] {
            assert_eq!(tree.write(path, b"").unwrap_err().kind(), Kind::Internal, "{path:?}");
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let base = tempfile::tempdir().unwrap();
        let mut tree = Tree::below(Folder::open(base.path()).unwrap());
        tree.write("x", b"1").unwrap();
        assert!(tree.write("x", b"2").is_err());
        assert!(tree.link("x", Path::new("y")).is_err());
        assert_eq!(fs::read(base.path().join("x")).unwrap(), b"1");
    }
}
