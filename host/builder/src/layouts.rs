//! The ordinary derivations: links to fixed outputs.

use std::path::Path;

use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Assemble, Contents, HfCache, OllamaName, OllamaStore};
use nix_ai_model_store::{layout, settings};
use serde_json::{Map, Value};

/// The report's file in the output of a scan.
pub(crate) const REPORT: &str = "report.json";
/// The longest report that is read, in bytes.
const LONGEST_REPORT: usize = 256 << 20;

pub(crate) fn assemble(assemble: Assemble, out: &Path) -> Result<()> {
    let results = match &assemble.results {
        None => Vec::new(),
        Some(path) => results(path)?,
    };
    let scan = assemble.scanned.as_deref().map(summary).transpose()?;
    let contents = contents(assemble.contents);
    let metadata = assemble.metadata;
    let about = layout::About {
        name: metadata.name,
        version: metadata.version,
        source: metadata.source,
        hash: metadata.hash,
        fetched_at: metadata.fetched_at,
        post_download_results: results,
        scan,
    };
    layout::assemble(out, &contents, &about)
}

pub(crate) fn contents(contents: Contents) -> layout::Contents {
    match contents {
        Contents::Raw(path) => layout::Contents::Tree(path),
        Contents::Parts(parts) => layout::Contents::Parts(parts),
    }
}

/// The head of a scan's report: all but what was found where.
fn summary(report: &Path) -> Result<Value> {
    let malformed = || Error::new(Kind::Usage, "the report of the scan is not JSON");
    let bytes = settings::bytes(&report.join(REPORT), LONGEST_REPORT)?.ok_or_else(malformed)?;
    let report: Map<String, Value> =
        serde_json::from_slice(&bytes).map_err(|error| malformed().caused_by(error))?;
    let told = ["verdict", "failOn", "files", "totals", "scanners"];
    Ok(report.into_iter().filter(|(name, _)| told.contains(&&**name)).collect())
}

/// What came of scripts, as their derivation wrote it.
fn results(path: &Path) -> Result<Vec<Value>> {
    let malformed = || Error::new(Kind::Usage, "what came of the scripts is not a list in JSON");
    let text = settings::text(path)?.ok_or_else(malformed)?;
    serde_json::from_str(&text).map_err(|error| malformed().caused_by(error))
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
