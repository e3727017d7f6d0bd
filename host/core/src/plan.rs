//! The plan: all that is needed to fetch a model. It comes from a plugin or a
//! registry and is hostile until checked.

mod check;

use bytes::Bytes;
use serde::Serialize;
use url::Url;

use crate::digest::Digest;
use crate::object::Object;
use crate::path::FilePath;
use crate::{Error, Kind, Result};

pub use check::{Limits, check_download, check_object_uri, is_authorization, is_free_header};

/// A plan as a source gives it, not yet checked.
#[derive(Debug, Clone, Default)]
pub struct RawPlan {
    /// Canonical short form, without the source's name.
    pub reference: String,
    /// The immutable identity of what was found.
    pub pin: String,
    /// The files, in any order.
    pub files: Vec<RawFile>,
}

/// A file of a plan that is not yet checked.
#[derive(Debug, Clone)]
pub struct RawFile {
    /// Relative path, as the source gives it.
    pub path: String,
    /// Size in bytes, where the source knows it.
    pub size: Option<u64>,
    /// Algorithm and hexadecimal value, as the source gives them.
    pub digests: Vec<(crate::digest::Algorithm, String)>,
    /// Whether it is marked executable.
    pub executable: bool,
    /// Where its bytes are.
    pub locator: RawLocator,
    /// URLs of the same bytes, tried in order where the locator fails. Only
    /// for files whose digest decides what is right.
    pub mirrors: Vec<String>,
}

/// Where a file's bytes are, not yet checked.
#[derive(Debug, Clone)]
pub enum RawLocator {
    /// Behind an HTTP request.
    Download {
        /// Absolute URL.
        url: String,
        /// Further headers.
        headers: Vec<(String, String)>,
        /// Handle of a credential.
        credential: Option<String>,
    },
    /// In an object store.
    Object {
        /// As [`crate::object::ObjectUri`] reads it.
        uri: String,
        /// The store's version, where it is pinned.
        version: Option<String>,
        /// The entity tag, where it is known.
        etag: Option<String>,
    },
    /// Here.
    Inline(Vec<u8>),
}

/// A plan that was checked: clean paths in tree order without duplicates, URLs
/// within the grant, bounded in count and size.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Canonical short form with the source's name: `huggingface:org/name@main`.
    pub source: String,
    /// The immutable identity of what was found.
    pub pin: String,
    /// The files, in tree order.
    pub files: Vec<PlannedFile>,
    /// The sum of the sizes that are known, in bytes.
    pub total_size: u64,
}

impl Plan {
    /// Keeps one file alone.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where the plan has no such file.
    pub fn keep_only(&mut self, path: &FilePath) -> Result<()> {
        self.files.retain(|file| file.path == *path);
        self.total_size = self.files.iter().filter_map(|file| file.size).sum();
        if self.files.is_empty() {
            return Err(Error::new(
                Kind::NotFound,
                format!("{} has no file \"{path}\"", self.source),
            )
            .with_hint("list its files with `nix-ai-model resolve`"));
        }
        Ok(())
    }
}

/// A file of a checked plan.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedFile {
    /// Where it goes below the model's folder.
    pub path: FilePath,
    /// Size in bytes, where it is known beforehand.
    pub size: Option<u64>,
    /// What its bytes must hash to; all of them.
    pub digests: Vec<Digest>,
    /// Whether it is marked executable.
    pub executable: bool,
    /// Where its bytes are.
    #[serde(flatten)]
    pub locator: Locator,
    /// Where the same bytes are too.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "download_urls")]
    pub mirrors: Vec<Download>,
}

/// Where a file's bytes are.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Locator {
    /// Behind an HTTP request.
    #[serde(rename = "url", serialize_with = "download_url")]
    Download(Download),
    /// In an object store.
    Object(Object),
    /// Here.
    #[serde(serialize_with = "inline_length")]
    Inline(Bytes),
}

/// A request for the bytes of a file, within the grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// http or https.
    pub url: Url,
    /// Further headers, checked: none that belongs to the host.
    pub headers: Vec<(String, String)>,
    /// Handle of a credential in the grant.
    pub credential: Option<String>,
}

// Query strings of presigned URLs are secrets, so a printed plan has none.
fn download_url<S: serde::Serializer>(
    download: &Download,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::origin::shown(&download.url))
}

fn download_urls<S: serde::Serializer>(
    downloads: &[Download],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(downloads.iter().map(|download| crate::origin::shown(&download.url)))
}

fn inline_length<S: serde::Serializer>(
    bytes: &Bytes,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(bytes.len() as u64)
}
