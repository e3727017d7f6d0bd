//! Folders that Databricks' Files API reaches: the versions of Unity Catalog's
//! models, and volumes.

use nix_ai_model_sdk::{Download, Failure, Locator, percent};
use serde::Deserialize;

use crate::Result;
use crate::databricks::paged;
use crate::files::{Entry, File, Folder, join, within};
use crate::tracking::Tracking;

/// A folder below `/Models` or `/Volumes`.
pub struct Volume<'a> {
    tracking: &'a Tracking<'a>,
    /// Absolute, without a slash at its end.
    root: String,
}

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(default)]
    contents: Vec<Entry>,
    #[serde(default)]
    next_page_token: Option<String>,
}

impl<'a> Volume<'a> {
    pub fn new(tracking: &'a Tracking<'a>, root: String) -> Self {
        Self { tracking, root }
    }
}

impl Folder for Volume<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let path = join(&self.root, folder);
        let endpoint = format!("/api/2.0/fs/directories{}", percent::path(&path));
        let entries = paged(|token| {
            let query: Vec<_> = token.map(|token| ("page_token", token)).into_iter().collect();
            let listing: Listing =
                self.tracking.get(&endpoint, &query, &format!("files at \"{path}\""))?;
            Ok((listing.contents, listing.next_page_token))
        })?;
        within(&path, entries)
    }

    fn locators(&self, files: &[File]) -> Result<Vec<Locator>> {
        let locator = |file: &File| {
            let path = percent::path(&join(&self.root, &file.path));
            let download =
                Download::new(format!("{}/api/2.0/fs/files{path}", self.tracking.base()));
            Locator::Download(Download {
                credential: self.tracking.credential().map(str::to_owned),
                ..download
            })
        };
        Ok(files.iter().map(locator).collect())
    }

    fn fresh(&self, _: &[File]) -> Result<Vec<Locator>> {
        Err(Failure::unsupported("these URLs do not expire"))
    }
}
