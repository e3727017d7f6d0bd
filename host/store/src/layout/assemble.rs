//! A model as its users see it: its files, and what is known about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Serialize;

use super::{file_path, relative};
use crate::fault::shown;
use crate::folder::Folder;
use crate::tree::Tree;
use crate::walk::{Item, walk};

/// The name of the file that says what is known about a model.
pub const METADATA: &str = ".nix-ai-model-meta.json";

/// Where a model's files are.
#[derive(Debug, Clone)]
pub enum Contents {
    /// Below one folder.
    Tree(PathBuf),
    /// Each at a path of its own.
    Parts(BTreeMap<FilePath, PathBuf>),
}

/// What is known about a model beside its files.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Its name.
    pub name: String,
    /// The user's version of it.
    pub version: Option<String>,
    /// Canonical short form: `huggingface:org/name@main`.
    pub source: String,
    /// SRI hash of the whole tree.
    pub hash: Option<String>,
    /// When it was fetched, as a lock tells it.
    pub fetched_at: Option<String>,
    /// What came of the scripts that worked on its files.
    #[serde(skip)]
    pub post_download_results: Vec<serde_json::Value>,
    /// What a scan of the files came to; `None` where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scan: Option<serde_json::Value>,
}

/// The metadata file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(flatten)]
    about: &'a About,
    files: &'a [LinkedFile],
    /// In bytes.
    total_size: u64,
    post_download_results: &'a [serde_json::Value],
}

#[derive(Serialize)]
struct LinkedFile {
    path: FilePath,
    /// In bytes.
    size: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    executable: bool,
}

/// Makes the folder `out`: relative links to the model's files, and
/// [`METADATA`]. Empty folders are left out.
///
/// # Errors
/// [`Kind::Disk`] where something cannot be read or written, or `out` exists;
/// [`Kind::Refused`] where the contents are not those of a model.
pub fn assemble(out: &Path, contents: &Contents, about: &About) -> Result<()> {
    let mut tree = Tree::below(Folder::create(out)?);
    let mut files = Vec::new();
    match contents {
        Contents::Tree(root) => {
            for entry in walk(root)? {
                let entry = entry?;
                if let Item::Folder = entry.item {
                    continue;
                }
                if entry.path.is_empty() {
                    return Err(not_a("folder", root));
                }
                let path = file_path(&entry.path)?;
                link(&mut tree, out, &path, &root.join(path.as_str()))?;
                if let Item::File { size, executable, .. } = entry.item {
                    files.push(LinkedFile { path, size, executable });
                }
            }
        }
        Contents::Parts(parts) => {
            for (path, part) in parts {
                let Some(Item::File { size, executable, .. }) =
                    walk(part)?.next().transpose()?.map(|entry| entry.item)
                else {
                    return Err(not_a("file", part));
                };
                link(&mut tree, out, path, part)?;
                files.push(LinkedFile { path: path.clone(), size, executable });
            }
        }
    }
    tree.write(METADATA, metadata(about, &files)?.as_bytes())
}

fn metadata(about: &About, files: &[LinkedFile]) -> Result<String> {
    let total_size = files.iter().map(|file| file.size).sum();
    let results = &about.post_download_results;
    let metadata = Metadata { about, files, total_size, post_download_results: results };
    let mut text = serde_json::to_string_pretty(&metadata).map_err(|error| {
        Error::new(Kind::Internal, "could not write the metadata").caused_by(error)
    })?;
    text.push('\n');
    Ok(text)
}

fn link(tree: &mut Tree, out: &Path, path: &FilePath, target: &Path) -> Result<()> {
    tree.link(path.as_str(), &relative(&out.join(path.as_str()), target)?)
}

pub(super) fn not_a(what: &str, path: &Path) -> Error {
    Error::new(Kind::Refused, format!("\"{}\" is not a {what}", shown(path)))
}
