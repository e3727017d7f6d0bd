//! The ordinary derivations: links to fixed outputs.

use std::path::Path;

use nix_ai_model_core::Result;
use nix_ai_model_nix::attributes::{Assemble, Contents, HfCache, OllamaName, OllamaStore};
use nix_ai_model_store::layout;

pub(crate) fn assemble(assemble: Assemble, out: &Path) -> Result<()> {
    let contents = match assemble.contents {
        Contents::Raw(path) => layout::Contents::Tree(path),
        Contents::Parts(parts) => layout::Contents::Parts(parts),
    };
    let metadata = assemble.metadata;
    let about = layout::About {
        name: metadata.name,
        version: metadata.version,
        source: metadata.source,
        hash: metadata.hash,
        fetched_at: metadata.fetched_at,
    };
    layout::assemble(out, &contents, &about)
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
