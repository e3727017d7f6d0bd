//! Artifacts that an MLflow server hands out itself, or by presigned URLs.

use std::collections::BTreeMap;

use nix_ai_model_sdk::{Download, Failure, FailureKind, Field, Locator, Request, percent};
use serde::Deserialize;

use crate::Result;
use crate::files::{Entry, File, Folder, join};
use crate::tracking::{Tracking, with_query};

/// From this size on, in bytes, a file comes by a presigned URL where the
/// server wants that: smaller ones are cheaper through it.
const LARGE: u64 = 32 << 20;

/// A folder that is reached through the server.
pub struct Proxied<'a> {
    tracking: &'a Tracking<'a>,
    /// `…/mlflow-artifacts`
    service: String,
    /// Below the server's artifacts, without slashes at its ends.
    root: String,
    presigned: bool,
}

#[derive(Debug, Default, Deserialize)]
struct ServerInfo {
    #[serde(default)]
    multipart_downloads_enabled: bool,
}

#[derive(Debug, Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Presigned {
    url: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

impl<'a> Proxied<'a> {
    /// `service` is the URL of `…/mlflow-artifacts`.
    pub fn new(tracking: &'a Tracking<'a>, service: String, root: &str) -> Self {
        // Servers before 3.5 do not know the question.
        let info: Result<ServerInfo> =
            tracking.get("/api/3.0/mlflow/server-info", &[], "information on itself");
        let presigned = info.unwrap_or_default().multipart_downloads_enabled;
        Self { tracking, service, root: root.to_owned(), presigned }
    }

    fn through_server(&self, file: &File) -> Locator {
        let path = percent::path(&join(&self.root, &file.path));
        let download = Download::new(format!("{}/artifacts/{path}", self.service));
        Locator::Download(Download {
            credential: self.tracking.credential().map(str::to_owned),
            ..download
        })
    }

    fn presigned(&self, file: &File) -> Result<Locator> {
        let path = percent::path(&join(&self.root, &file.path));
        let request = Request::get(format!("{}/presigned/{path}", self.service));
        let what = format!("presigned URL of \"{}\"", file.path);
        let Presigned { url, headers } = self.tracking.read(request, &what)?;
        let headers = headers.into_iter().map(|(name, value)| Field { name, value }).collect();
        Ok(Locator::Download(Download { url, headers, credential: None }))
    }
}

impl Folder for Proxied<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>> {
        let path = join(&self.root, folder);
        let url = with_query(&format!("{}/artifacts", self.service), &[("path", &path)]);
        let listing: Listing =
            self.tracking.read(Request::get(url), &format!("artifacts at \"{path}\""))?;
        Ok(listing.files)
    }

    fn locators(&self, files: &[File]) -> Result<Vec<Locator>> {
        let locator = |file: &File| {
            if self.presigned && file.size.is_some_and(|size| size >= LARGE) {
                self.presigned(file)
            } else {
                Ok(self.through_server(file))
            }
        };
        files.iter().map(locator).collect()
    }

    /// What the server refuses to hand out itself may be there for a presigned
    /// URL; those expire.
    fn fresh(&self, files: &[File]) -> Result<Vec<Locator>> {
        let presigned: Result<Vec<_>> = files.iter().map(|file| self.presigned(file)).collect();
        presigned.map_err(|failure| match failure.kind {
            FailureKind::Unsupported => Failure::unsupported("this server has no presigned URLs"),
            _ => failure,
        })
    }
}
