//! Folders made of other store paths' files: of symbolic links, which are
//! relative, so that they hold in a store at another root too, and of copies.

mod assemble;
mod copy;
mod hugging_face;
mod ollama;

use std::path::{Component, Path, PathBuf};

use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

use crate::fault::shown;

pub use assemble::{About, Contents, METADATA, assemble};
pub use copy::{copy, documents, links};
pub use hugging_face::{Snapshot, hugging_face};
pub use ollama::{OllamaModel, ollama};

/// What the link at `link` has to say to lead to `target`; both are absolute
/// paths without `.`, `..` or links in them, such as those of a Nix store.
///
/// # Errors
/// [`Kind::Usage`] where one is not.
pub fn relative(link: &Path, target: &Path) -> Result<PathBuf> {
    let names = |path: &Path| {
        let mut components = path.components();
        let absolute = components.next() == Some(Component::RootDir);
        let names: Vec<_> = components.map(Component::as_os_str).map(ToOwned::to_owned).collect();
        let clean = absolute && !names.is_empty() && names.iter().all(|name| name != "..");
        clean.then_some(names).ok_or_else(|| {
            Error::new(Kind::Usage, format!("\"{}\" is not an absolute clean path", shown(path)))
        })
    };
    let (link, target) = (names(link)?, names(target)?);
    let folder = &link[..link.len() - 1];
    let shared = folder.iter().zip(&target).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n(std::ffi::OsStr::new(".."), folder.len() - shared);
    Ok(up.chain(target[shared..].iter().map(AsRef::as_ref)).collect())
}

/// The path of an entry, as models have them.
fn file_path(bytes: &[u8]) -> Result<FilePath> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let shown = escape(&String::from_utf8_lossy(bytes));
        Error::new(Kind::Refused, format!("the path \"{shown}\" is not UTF-8"))
    })?;
    FilePath::new(text)
}

#[cfg(test)]
mod tests;
