//! Files of a Databricks workspace, each behind a signed URL that expires:
//! versions of the workspace's own registry, logged models, and runs.

use std::collections::HashMap;

use nix_ai_model_sdk::{Download, Failure, Field, Locator};
use serde::Deserialize;
use serde_json::json;

use crate::Result;
use crate::files::{Entry, File, Folder, join, within};
use crate::tracking::Tracking;

/// How many URLs are asked for at once.
const BATCH: usize = 100;

/// The most pages of one answer.
const PAGES: usize = 1000;

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<Entry>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Signed {
    #[serde(default)]
    path: Option<String>,
    signed_uri: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Debug, Deserialize)]
struct Header {
    name: String,
    value: String,
}

impl Signed {
    fn locator(self) -> Locator {
        let headers = self.headers.into_iter();
        let headers = headers.map(|Header { name, value }| Field { name, value }).collect();
        Locator::Download(Download { url: self.signed_uri, headers, credential: None })
    }
}

/// Follows pages: `page` answers entries and the next page's token.
///
/// # Errors
/// Of the pages; `network` where they do not end.
pub fn paged<T>(
    mut page: impl FnMut(Option<&str>) -> Result<(Vec<T>, Option<String>)>,
) -> Result<Vec<T>> {
    let mut token: Option<String> = None;
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let (items, next) = page(token.as_deref())?;
        all.extend(items);
        token = next.filter(|next| !next.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
    Err(Failure::network("the server's pages do not end"))
}

/// A version in the workspace's own registry.
pub struct WorkspaceVersion<'a> {
    tracking: &'a Tracking<'a>,
    name: String,
    version: String,
}

impl<'a> WorkspaceVersion<'a> {
    pub fn new(tracking: &'a Tracking<'a>, name: &str, version: u64) -> Self {
        Self { tracking, name: name.to_owned(), version: version.to_string() }
    }

    fn query<'b>(&'b self, path: &'b str) -> Vec<(&'static str, &'b str)> {
        vec![("name", &self.name), ("version", &self.version), ("path", path)]
    }

    fn signed(&self, file: &File) -> Result<Locator> {
        let endpoint = "/api/2.0/mlflow/model-versions/get-signed-download-uri";
        let what =
            format!("file \"{}\" of version {} of \"{}\"", file.path, self.version, self.name);
        let signed: Signed = self.tracking.get(endpoint, &self.query(&file.path), &what)?;
        Ok(signed.locator())
    }
}

impl Folder for WorkspaceVersion<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let what = format!("files of version {} of \"{}\"", self.version, self.name);
        let entries = paged(|token| {
            let mut query = self.query(folder);
            query.extend(token.map(|token| ("page_token", token)));
            let endpoint = "/api/2.0/mlflow/model-versions/list-artifacts";
            let listing: Listing = self.tracking.get(endpoint, &query, &what)?;
            Ok((listing.files, listing.next_page_token))
        })?;
        within(folder, entries)
    }

    fn locators(&self, files: &[File]) -> Result<Vec<Locator>> {
        files.iter().map(|file| self.signed(file)).collect()
    }
}

/// Whose artifacts.
#[derive(Debug, Clone)]
pub enum Owner {
    /// A logged model's.
    Model(String),
    /// A run's.
    Run(String),
}

/// Artifacts that a workspace keeps itself.
pub struct Tracked<'a> {
    tracking: &'a Tracking<'a>,
    owner: Owner,
    /// Below the owner's artifacts, without slashes at its ends.
    root: String,
}

#[derive(Debug, Deserialize)]
struct ModelCredentials {
    #[serde(default)]
    credentials: Vec<ModelCredential>,
}

#[derive(Debug, Deserialize)]
struct ModelCredential {
    credential_info: Signed,
}

#[derive(Debug, Deserialize)]
struct RunCredentials {
    #[serde(default)]
    credential_infos: Vec<Signed>,
}

impl<'a> Tracked<'a> {
    pub fn new(tracking: &'a Tracking<'a>, owner: Owner, root: &str) -> Self {
        Self { tracking, owner, root: root.to_owned() }
    }

    fn page(&self, path: &str, token: Option<&str>) -> Result<Listing> {
        let what = format!("artifacts at \"{path}\"");
        let (endpoint, mut query) = match &self.owner {
            Owner::Model(id) => (
                format!("/api/2.0/mlflow/logged-models/{id}/artifacts/directories"),
                vec![("artifact_directory_path", path)],
            ),
            Owner::Run(id) => (
                "/api/2.0/mlflow/artifacts/list".to_owned(),
                vec![("run_id", id.as_str()), ("path", path)],
            ),
        };
        query.extend(token.map(|token| ("page_token", token)));
        self.tracking.get(&endpoint, &query, &what)
    }

    fn sign(&self, paths: &[String]) -> Result<Vec<Signed>> {
        let what = "signed URLs of these artifacts";
        Ok(match &self.owner {
            Owner::Model(id) => {
                let endpoint = format!(
                    "/api/2.0/mlflow/logged-models/{id}/artifacts/credentials-for-download"
                );
                let answer: ModelCredentials =
                    self.tracking.post(&endpoint, &json!({ "paths": paths }), what)?;
                answer.credentials.into_iter().map(|one| one.credential_info).collect()
            }
            Owner::Run(id) => {
                let body = json!({ "run_id": id, "path": paths });
                let endpoint = "/api/2.0/mlflow/artifacts/credentials-for-read";
                let answer: RunCredentials = self.tracking.post(endpoint, &body, what)?;
                answer.credential_infos
            }
        })
    }

    /// In the order of `paths`, which the answer need not keep.
    fn signed(&self, paths: &[String]) -> Result<Vec<Locator>> {
        let signed = self.sign(paths)?;
        if signed.len() != paths.len() {
            return Err(Failure::network(format!(
                "{} signed {} URLs for {} files",
                self.tracking.base(),
                signed.len(),
                paths.len()
            )));
        }
        let mut named = HashMap::new();
        let mut unnamed = Vec::new();
        for one in signed {
            match one.path.clone() {
                Some(path) => drop(named.insert(path, one)),
                None => unnamed.push(one),
            }
        }
        if unnamed.len() == paths.len() {
            return Ok(unnamed.into_iter().map(Signed::locator).collect());
        }
        let of = |path: &String| {
            named.remove(path).map(Signed::locator).ok_or_else(|| {
                Failure::network(format!("{} signed no URL for \"{path}\"", self.tracking.base()))
            })
        };
        paths.iter().map(of).collect()
    }
}

impl Folder for Tracked<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let path = join(&self.root, folder);
        let entries = paged(|token| {
            let listing = self.page(&path, token)?;
            Ok((listing.files, listing.next_page_token))
        })?;
        within(&path, entries)
    }

    fn locators(&self, files: &[File]) -> Result<Vec<Locator>> {
        let paths: Vec<String> = files.iter().map(|file| join(&self.root, &file.path)).collect();
        let batches = paths.chunks(BATCH).map(|batch| self.signed(batch));
        Ok(batches.collect::<Result<Vec<_>>>()?.concat())
    }
}
