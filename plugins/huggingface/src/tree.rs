//! The files of a commit.

use std::collections::HashSet;

use nix_ai_model_sdk::{Algorithm, Download, Failure, Host, PlannedFile, json, link, percent};
use serde::Deserialize;

use crate::Result;
use crate::answer::{TOKEN, get};
use crate::spec::HubSpec;

/// The most pages of a listing; a page has up to 1,000 entries.
const PAGES: usize = 1000;

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    size: Option<u64>,
    oid: Option<String>,
    lfs: Option<Lfs>,
}

#[derive(Debug, Deserialize)]
struct Lfs {
    oid: String,
    size: u64,
}

/// Lists every file of `commit`, page by page.
pub fn files(
    spec: &HubSpec,
    endpoint: &str,
    commit: &str,
    host: &dyn Host,
) -> Result<Vec<PlannedFile>> {
    let tree = format!("{endpoint}/api/{}/{}/tree/{commit}", spec.repo_type.plural(), spec.repo);
    let mut query = "recursive=true".to_owned();
    let mut asked = HashSet::new();
    let mut files = Vec::new();
    while asked.insert(query.clone()) && asked.len() <= PAGES {
        let response = get(format!("{tree}?{query}"), spec, endpoint, host)?;
        let entries: Vec<Entry> = json::read(&response)?;
        for entry in entries.into_iter().filter(|entry| entry.kind == "file") {
            files.push(planned(entry, spec, endpoint, commit)?);
        }
        let Some(next) = link::next(&response) else { return Ok(files) };
        // Only the cursor is taken: a mirror's links may name the hub it
        // mirrors, and the token goes nowhere but to the endpoint.
        let (_, cursor) = next.split_once('?').ok_or_else(|| {
            Failure::network(format!("{} names a next page without a cursor", response.place()))
        })?;
        query = cursor.to_owned();
    }
    Err(Failure::network(format!("the file list of {} at {endpoint} does not end", spec.repo)))
}

fn planned(entry: Entry, spec: &HubSpec, endpoint: &str, commit: &str) -> Result<PlannedFile> {
    // A file in LFS has the sha256 of its bytes; any other is git's own blob.
    let (size, algorithm, hex) = match (entry.lfs, entry.size, entry.oid) {
        (Some(lfs), ..) => (lfs.size, Algorithm::Sha256, lfs.oid),
        (None, Some(size), Some(oid)) => (size, Algorithm::GitBlobSha1, oid),
        (None, ..) => {
            return Err(Failure::network(format!(
                "{endpoint} lists \"{}\" of {} without size or digest",
                json::quoted(&entry.path),
                spec.repo
            )));
        }
    };
    let url = format!(
        "{endpoint}/{}{}/resolve/{commit}/{}",
        spec.repo_type.prefix(),
        spec.repo,
        percent::path(&entry.path)
    );
    let download = Download::new(url).credential(TOKEN);
    Ok(PlannedFile::download(entry.path, download).size(size).digest(algorithm, hex))
}
