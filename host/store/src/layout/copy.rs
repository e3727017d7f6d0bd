//! A model's files as a folder to work in.

use std::path::Path;

use nix_ai_model_core::Result;

use super::contents::{Contents, Member, members};
use super::relative;
use crate::folder::Folder;
use crate::tree::Tree;
use crate::walk::Item;

/// Copies a model's files into the new folder `out`, where whoever made it may
/// change them, and says how many bytes they have. Links stay what they are.
///
/// # Errors
/// As [`super::assemble`].
pub fn copy(out: &Path, contents: &Contents) -> Result<u64> {
    let mut tree = Tree::below(Folder::create(out)?);
    let mut total = 0_u64;
    for member in members(contents)? {
        let Member { path, item, .. } = member?;
        match item {
            Item::Folder => {}
            Item::File { file, size, executable } => {
                tree.copy(file, path.as_str(), executable)?;
                total = total.saturating_add(size);
            }
            Item::Link { target } => tree.link(path.as_str(), crate::folder::name(&target))?,
        }
    }
    Ok(total)
}

/// Makes the folder `out` of relative links to a model's files.
///
/// # Errors
/// As [`super::assemble`].
pub fn links(out: &Path, contents: &Contents) -> Result<()> {
    let mut tree = Tree::below(Folder::create(out)?);
    for member in members(contents)? {
        let Member { path, place, .. } = member?;
        tree.link(path.as_str(), &relative(&out.join(path.as_str()), &place)?)?;
    }
    Ok(())
}
