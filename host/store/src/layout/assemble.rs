//! A model as its users see it: its files, and what is known about it.

use std::path::Path;

use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Serialize;
use serde_json::Value;

use super::contents::{Contents, Member, members};
use super::relative;
use crate::folder::Folder;
use crate::tree::Tree;
use crate::walk::Item;

/// The name of the file that says what is known about a model.
pub const METADATA: &str = ".nix-ai-model-meta.json";

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
    /// What came of the user's scripts, one object a script.
    pub post_download_results: Vec<Value>,
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
    for member in members(contents)? {
        let Member { path, place, item } = member?;
        link(&mut tree, out, &path, &place)?;
        if let Item::File { size, executable, .. } = item {
            files.push(LinkedFile { path, size, executable });
        }
    }
    tree.write(METADATA, metadata(about, &files)?.as_bytes())
}

fn metadata(about: &About, files: &[LinkedFile]) -> Result<String> {
    let total_size = files.iter().map(|file| file.size).sum();
    let metadata = Metadata { about, files, total_size };
    let mut text = serde_json::to_string_pretty(&metadata).map_err(|error| {
        Error::new(Kind::Internal, "could not write the metadata").caused_by(error)
    })?;
    text.push('\n');
    Ok(text)
}

fn link(tree: &mut Tree, out: &Path, path: &FilePath, target: &Path) -> Result<()> {
    tree.link(path.as_str(), &relative(&out.join(path.as_str()), target)?)
}
