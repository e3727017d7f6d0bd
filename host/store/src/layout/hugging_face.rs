//! A Hugging Face cache of one model, for clients that are offline.

use std::path::{Path, PathBuf};

use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

use super::{METADATA, file_path, relative};
use crate::folder::Folder;
use crate::tree::Tree;
use crate::walk::{Item, walk};

/// A model at a commit.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The folder with the model's files, or links to them.
    pub model: PathBuf,
    /// `org/name`, or `name` alone.
    pub repo: String,
    /// `model`, `dataset` or `space`.
    pub repo_type: String,
    /// The branch, tag or commit that it was asked for by.
    pub revision: String,
    /// The commit, 40 lower-case hexadecimal digits.
    pub commit: String,
}

/// Makes the folder `out` with `models--org--name/refs/{revision}` (the commit,
/// no newline; none where the revision is the commit) and
/// `models--org--name/snapshots/{commit}/…`, relative links to the model's files.
///
/// # Errors
/// [`Kind::Usage`] naming the malformed field, [`Kind::Disk`], and
/// [`Kind::Refused`] where the model's folder is none.
pub fn hugging_face(out: &Path, snapshot: &Snapshot) -> Result<()> {
    let folder = cache_name(snapshot)?;
    let Snapshot { model, revision, commit, .. } = snapshot;
    if commit.len() != 40
        || !commit.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    {
        return Err(malformed("commit", commit));
    }
    FilePath::new(revision).map_err(|_| malformed("revision", revision))?;
    let mut tree = Tree::below(Folder::create(out)?);
    if revision != commit {
        tree.write(&format!("{folder}/refs/{revision}"), commit.as_bytes())?;
    }
    for entry in walk(model)? {
        let entry = entry?;
        if matches!(entry.item, Item::Folder) || entry.path == METADATA.as_bytes() {
            continue;
        }
        if entry.path.is_empty() {
            return Err(malformed("model", &model.to_string_lossy()));
        }
        let path = file_path(&entry.path)?;
        let place = format!("{folder}/snapshots/{commit}/{path}");
        let target = relative(&out.join(&place), &model.join(path.as_str()))?;
        tree.link(&place, &target)?;
    }
    Ok(())
}

/// `models--org--name`.
fn cache_name(snapshot: &Snapshot) -> Result<String> {
    let kind = match snapshot.repo_type.as_str() {
        "model" => "models",
        "dataset" => "datasets",
        "space" => "spaces",
        other => return Err(malformed("repoType", other)),
    };
    let repo = FilePath::new(&snapshot.repo).map_err(|_| malformed("repo", &snapshot.repo))?;
    if repo.names().count() > 2 {
        return Err(malformed("repo", &snapshot.repo));
    }
    Ok(format!("{kind}--{}", snapshot.repo.replace('/', "--")))
}

fn malformed(field: &str, value: &str) -> Error {
    Error::new(
        Kind::Usage,
        format!("the {field} \"{}\" is not one of a Hugging Face cache", escape(value)),
    )
}
