//! The ordinary derivations: links to fixed outputs.

use std::path::Path;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Assemble, Contents, HfCache, OllamaName, OllamaStore};
use nix_ai_model_store::{layout, settings};
use serde_json::Value;

/// The longest file of results that is read, in bytes.
const LONGEST: usize = 16 << 20;

pub(crate) fn assemble(assemble: Assemble, out: &Path) -> Result<()> {
    let metadata = assemble.metadata;
    let about = layout::About {
        name: metadata.name,
        version: metadata.version,
        source: metadata.source,
        hash: metadata.hash,
        fetched_at: metadata.fetched_at,
        post_download_results: assemble.results.as_deref().map_or(Ok(Vec::new()), results)?,
    };
    layout::assemble(out, &contents(assemble.contents), &about)
}

/// Where the files are, in the words of the room that reads them.
pub(crate) fn contents(contents: Contents) -> layout::Contents {
    match contents {
        Contents::Raw(path) => layout::Contents::Tree(path),
        Contents::Parts(parts) => layout::Contents::Parts(parts),
    }
}

/// What came of the user's scripts, from the file that says so.
fn results(path: &Path) -> Result<Vec<Value>> {
    let bytes = settings::bytes(path, LONGEST)?.unwrap_or_default();
    serde_json::from_slice(&bytes).map_err(|error| {
        let path = escape(&path.to_string_lossy());
        Error::new(Kind::Usage, format!("\"{path}\" has no results of scripts")).caused_by(error)
    })
}

pub(crate) fn hf_cache(cache: HfCache, out: &Path) -> Result<()> {
    let snapshot = layout::Snapshot {
        model: cache.model,
        repo: cache.repo,
        repo_type: cache.repo_type,
        revision: cache.revision,
        commit: cache.commit,
    };
    layout::hugging_face(out, &snapshot)
}

pub(crate) fn ollama_store(store: OllamaStore, out: &Path) -> Result<()> {
    let OllamaName { host, namespace, model, tag } = store.called;
    layout::ollama(out, &layout::OllamaModel { folder: store.model, host, namespace, model, tag })
}
