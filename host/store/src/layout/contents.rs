//! The files of a model, wherever they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::{Error, Kind, Result};

use super::file_path;
use crate::fault::shown;
use crate::walk::{Item, walk};

/// Where a model's files are.
#[derive(Debug, Clone)]
pub enum Contents {
    /// Below one folder.
    Tree(PathBuf),
    /// Each at a path of its own.
    Parts(BTreeMap<FilePath, PathBuf>),
}

/// A file of a model, or a link in its folder.
pub(super) struct Member {
    /// Where the model has it.
    pub(super) path: FilePath,
    /// Where it is.
    pub(super) place: PathBuf,
    /// What it is; no folder.
    pub(super) item: Item,
}

/// All of them, in order.
pub(super) fn members(
    contents: &Contents,
) -> Result<Box<dyn Iterator<Item = Result<Member>> + '_>> {
    Ok(match contents {
        Contents::Tree(root) => {
            let entries = walk(root)?.filter(|entry| {
                !entry.as_ref().is_ok_and(|entry| matches!(entry.item, Item::Folder))
            });
            Box::new(entries.map(move |entry| {
                let entry = entry?;
                if entry.path.is_empty() {
                    return Err(not_a("folder", root));
                }
                let path = file_path(&entry.path)?;
                Ok(Member { place: root.join(path.as_str()), path, item: entry.item })
            }))
        }
        Contents::Parts(parts) => Box::new(parts.iter().map(|(path, place)| {
            match walk(place)?.next().transpose()?.map(|entry| entry.item) {
                Some(item @ Item::File { .. }) => {
                    Ok(Member { path: path.clone(), place: place.clone(), item })
                }
                _ => Err(not_a("file", place)),
            }
        })),
    })
}

fn not_a(what: &str, path: &Path) -> Error {
    Error::new(Kind::Refused, format!("\"{}\" is not a {what}", shown(path)))
}
