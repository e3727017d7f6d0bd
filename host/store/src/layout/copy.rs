//! A model's files once more: as a copy that may be changed, or as links.

use std::path::Path;

use nix_ai_model_core::Result;

use super::assemble::{Contents, not_a};
use super::{file_path, relative};
use crate::fault::disk;
use crate::folder::Folder;
use crate::tree::Tree;
use crate::walk::{Item, walk};

/// Makes the folder `out`: a copy of the files, that their owner may write.
/// Links stay as they are; empty folders are left out.
///
/// # Errors
/// [`nix_ai_model_core::Kind::Disk`] where something cannot be read or written,
/// or `out` exists; [`nix_ai_model_core::Kind::Refused`] where the contents are
/// not those of a model.
pub fn copy(out: &Path, contents: &Contents) -> Result<()> {
    let mut tree = Tree::below(Folder::create(out)?);
    match contents {
        Contents::Tree(root) => {
            for entry in walk(root)? {
                let entry = entry?;
                match entry.item {
                    Item::Folder => {}
                    _ if entry.path.is_empty() => return Err(not_a("folder", root)),
                    Item::Link { target } => {
                        let target = crate::folder::name(&target);
                        tree.link(file_path(&entry.path)?.as_str(), target)?;
                    }
                    Item::File { mut file, executable, .. } => {
                        tree.copy(file_path(&entry.path)?.as_str(), &mut file, executable)?;
                    }
                }
            }
        }
        Contents::Parts(parts) => {
            for (path, part) in parts {
                let item = walk(part)?.next().transpose()?.map(|entry| entry.item);
                let Some(Item::File { mut file, executable, .. }) = item else {
                    return Err(not_a("file", part));
                };
                tree.copy(path.as_str(), &mut file, executable)?;
            }
        }
    }
    Ok(())
}

/// Makes the folder `out`: links to files that each have a path of their own.
///
/// # Errors
/// As [`copy`].
pub fn links<'a>(
    out: &Path,
    parts: impl IntoIterator<Item = (&'a nix_ai_model_core::path::FilePath, &'a std::path::PathBuf)>,
) -> Result<()> {
    let mut tree = Tree::below(Folder::create(out)?);
    for (path, part) in parts {
        tree.link(path.as_str(), &relative(&out.join(path.as_str()), part)?)?;
    }
    Ok(())
}

/// Makes the folder `out` with these small files.
///
/// # Errors
/// [`nix_ai_model_core::Kind::Disk`] where it cannot be written, or exists.
pub fn documents(out: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    let mut tree = Tree::below(Folder::create(out)?);
    files.iter().try_for_each(|(path, bytes)| tree.write(path, bytes))
}

impl Tree {
    /// Writes what is left of `from`, mode 0644 or 0755.
    fn copy(&mut self, path: &str, from: &mut std::fs::File, executable: bool) -> Result<()> {
        let mut file = self.create(path, executable)?;
        std::io::copy(from, &mut file).map_err(|error| disk("copy", Path::new(path), error))?;
        Ok(())
    }
}
