//! Where finished files appear.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, CWD, OFlags, RenameFlags};
use rustix::io::Errno;

use super::{Move, PARTIALS};
use crate::claim::{Claim, sweep};
use crate::fault::{disk, shown};
use crate::folder::{Folder, name as as_name};
use crate::tree::{Tree, place};

const STAGING: &str = ".nix-ai-model-staging-";
const TREE: &str = "tree";

/// What is published, and where.
#[derive(Debug, Clone)]
pub struct Target {
    form: Form,
    path: PathBuf,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Tree,
    Passing,
    Output,
    File,
}

impl Target {
    /// A folder that appears whole or not at all: it is built in a staging
    /// folder beside it and then renamed.
    pub fn tree(path: impl Into<PathBuf>) -> Self {
        Self { form: Form::Tree, path: path.into() }
    }

    /// As [`Target::tree`], for a folder that goes on from there at once: it is
    /// not synced.
    pub fn passing(path: impl Into<PathBuf>) -> Self {
        Self { form: Form::Passing, path: path.into() }
    }

    /// The folder of a Nix output, built in place; Nix removes it where the
    /// build fails.
    pub fn output(path: impl Into<PathBuf>) -> Self {
        Self { form: Form::Output, path: path.into() }
    }

    /// A single file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { form: Form::File, path: path.into() }
    }

    /// Makes sure that nothing is there yet.
    ///
    /// # Errors
    /// [`Kind::Usage`] where something is, [`Kind::Disk`] where that cannot be
    /// found out.
    pub fn check(&self) -> Result<()> {
        match rustix::fs::statat(CWD, &self.path, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(disk("look at", &self.path, error)),
            Ok(_) => Err(exists(&self.path)),
        }
    }
}

fn exists(path: &Path) -> Error {
    Error::new(Kind::Usage, format!("\"{}\" already exists, and is not overwritten", shown(path)))
        .with_hint("remove it first, or choose another place")
}

/// A target that is ready to be written.
#[derive(Debug)]
pub(super) struct Place {
    target: Target,
    /// The folder in which the target appears; of an output, the target itself.
    folder: Folder,
    /// Where a tree is built.
    staging: Option<Claim>,
}

impl Place {
    pub(super) fn prepare(target: &Target) -> Result<Self> {
        target.check()?;
        let target = target.clone();
        if let Form::Output = target.form {
            let folder = Folder::create(&target.path)?;
            return Ok(Self { target, folder, staging: None });
        }
        let parent = parent(&target.path)?;
        std::fs::create_dir_all(parent).map_err(|error| disk("create", parent, error))?;
        // The user may well name a place behind a link.
        let parent = parent.canonicalize().map_err(|error| disk("open", parent, error))?;
        let folder = Folder::open(&parent)?;
        let staging = match target.form {
            Form::Tree | Form::Passing => {
                let staging = Claim::new(&folder, STAGING)?;
                staging.abandoned(STAGING)?.iter().for_each(sweep);
                Some(staging)
            }
            Form::Output | Form::File => None,
        };
        Ok(Self { target, folder, staging })
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Gives the lane's files their places, and makes the tree appear.
    pub(super) fn publish(&self, lane: &Folder, moves: &[Move<'_>]) -> Result<()> {
        match (&self.staging, self.target.form) {
            (Some(staging), _) => {
                let published = self.publish_staged(staging, lane, moves);
                if published.is_err() {
                    // Where this fails too, the staging folder goes as a whole later.
                    let _ = std::fs::remove_dir_all(staging.folder().join(TREE));
                }
                published
            }
            (None, Form::File) => self.publish_file(lane, moves),
            (None, _) => fill(&mut Tree::below(Folder::open(&self.target.path)?), lane, moves),
        }
    }

    fn publish_staged(&self, staging: &Claim, lane: &Folder, moves: &[Move<'_>]) -> Result<()> {
        let mut tree = Tree::below(staging.folder().make(TREE, 0o755)?);
        fill(&mut tree, lane, moves)?;
        let stays = matches!(self.target.form, Form::Tree);
        if stays {
            tree.sync()?;
        }
        let name = file_name(&self.target.path)?;
        match rename_new(staging.folder(), TREE, &self.folder, name) {
            Ok(()) if stays => self.folder.sync(),
            Ok(()) => Ok(()),
            Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => Err(exists(&self.target.path)),
            Err(error) => Err(disk("create", &self.target.path, error)),
        }
    }

    fn publish_file(&self, lane: &Folder, moves: &[Move<'_>]) -> Result<()> {
        let [one] = moves else {
            return Err(Error::new(
                Kind::Usage,
                format!("a single file was asked for and there are {}", moves.len()),
            )
            .with_hint("name one file that the model has"));
        };
        let name = Path::new(file_name(&self.target.path)?);
        let Move { placement, apart } = one;
        place(lane, placement.key.as_str(), &self.folder, name, placement.executable, *apart)?;
        let file = self.folder.file(name, OFlags::RDONLY);
        let file = file.map_err(|error| self.folder.fault("open", name, error))?;
        file.sync_data().map_err(|error| disk("sync", &self.target.path, error))?;
        self.folder.sync()
    }

    /// Takes away what was needed only until the target was published.
    pub(super) fn clear(&self) -> Result<()> {
        let partials = self.target.path.join(PARTIALS);
        if matches!(self.target.form, Form::Output) && partials.exists() {
            std::fs::remove_dir_all(&partials).map_err(|error| disk("remove", &partials, error))?;
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(staging) = self.staging.take() {
            staging.sweep();
        }
    }
}

fn fill(tree: &mut Tree, lane: &Folder, moves: &[Move<'_>]) -> Result<()> {
    for Move { placement, apart } in moves {
        let path = placement.path.as_str();
        tree.place(lane, placement.key.as_str(), path, placement.executable, *apart)?;
    }
    Ok(())
}

/// Renames to a name that is free.
fn rename_new(from: &Folder, name: &str, to: &Folder, new: &OsStr) -> rustix::io::Result<()> {
    match rustix::fs::renameat_with(from, name, to, new, RenameFlags::NOREPLACE) {
        // Not every file system can; an empty folder could be lost here at most.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match to.stat_of(new) {
            Err(Errno::NOENT) => rustix::fs::renameat(from, name, to, new),
            Err(error) => Err(error),
            Ok(_) => Err(Errno::EXIST),
        },
        other => other,
    }
}

fn file_name(path: &Path) -> Result<&OsStr> {
    path.file_name().ok_or_else(|| {
        Error::new(Kind::Usage, format!("\"{}\" names no new folder or file", shown(path)))
    })
}

/// The folder that `path` is in.
pub(super) fn parent(path: &Path) -> Result<&Path> {
    file_name(path)?;
    let parent = path.parent().unwrap_or_else(|| as_name(b"."));
    Ok(if parent.as_os_str().is_empty() { as_name(b".") } else { parent })
}
