//! Azure Blob Storage.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::object::Object;
use nix_ai_model_core::ports::{Method, Request, Response};
use nix_ai_model_core::{Error, Kind, Result};
use serde::Deserialize;
use url::Url;

use super::store::{Api, Found, Page, below, header, length, with_query};

/// The version of the protocol that requests speak.
const VERSION: &str = "2023-11-03";

/// One container.
pub(super) struct Azure {
    base: Url,
}

impl Azure {
    /// `account` is the account's own address.
    pub(super) fn new(account: &Url, container: &str) -> Self {
        Self { base: below(account, container) }
    }

    /// Where it is.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }
}

impl Api for Azure {
    fn page(&self, prefix: &str, after: Option<&str>, versions: bool) -> Url {
        let mut pairs = vec![
            ("restype", "container"),
            ("comp", "list"),
            ("maxresults", "1000"),
            ("prefix", prefix),
        ];
        pairs.extend(after.map(|after| ("marker", after)));
        pairs.extend(versions.then_some(("include", "versions")));
        with_query(self.base.clone(), &pairs)
    }

    fn read_page(&self, body: &[u8]) -> Result<Page> {
        let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
        let Listing::EnumerationResults(list) =
            quick_xml::de::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|_| unreadable())?;
        let now = |blob: &Blob| blob.version.is_none() || blob.current.as_deref() == Some("true");
        let blobs = list.blobs.blob.into_iter().filter(now);
        let next = list.next.filter(|next| !next.is_empty());
        Ok(Page { found: blobs.map(Blob::found).collect(), next })
    }

    fn look(&self, key: &str) -> Request {
        Request {
            method: Method::Head,
            url: below(&self.base, key),
            headers: Vec::new(),
            body: None,
            credential: None,
        }
    }

    fn read_look(&self, key: &str, answer: &Response) -> Result<Found> {
        Ok(Found {
            key: key.to_owned(),
            size: length(answer)?,
            etag: header(answer, "etag").map(str::to_owned),
            version: header(answer, "x-ms-version-id").map(str::to_owned),
            digests: md5(header(answer, "content-md5")),
        })
    }

    fn bytes(&self, object: &Object) -> Url {
        let url = below(&self.base, &object.uri.key);
        match &object.version {
            Some(version) => with_query(url, &[("versionid", version)]),
            None => url,
        }
    }

    fn headers(&self) -> Vec<(String, String)> {
        vec![("x-ms-version".to_owned(), VERSION.to_owned())]
    }

    fn versions_may_fail(&self) -> bool {
        true
    }

    fn complaint(&self, _: &Response) -> Option<Error> {
        None
    }
}

fn md5(told: Option<&str>) -> Vec<(Algorithm, String)> {
    let value = told.and_then(|told| STANDARD.decode(told).ok());
    value
        .filter(|value| value.len() == Algorithm::Md5.length())
        .map(|value| (Algorithm::Md5, hex::encode(value)))
        .into_iter()
        .collect()
}

fn unreadable() -> Error {
    Error::new(Kind::Network, "it is no listing of an Azure container")
        .with_hint("check that the endpoint is the account's address")
}

/// By the name of its root: another page is not an empty container.
#[derive(Deserialize)]
enum Listing {
    EnumerationResults(List),
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "Blobs", default)]
    blobs: Blobs,
    #[serde(rename = "NextMarker", default)]
    next: Option<String>,
}

#[derive(Deserialize, Default)]
struct Blobs {
    #[serde(rename = "Blob", default)]
    blob: Vec<Blob>,
}

#[derive(Deserialize)]
struct Blob {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "VersionId", default)]
    version: Option<String>,
    #[serde(rename = "IsCurrentVersion", default)]
    current: Option<String>,
    #[serde(rename = "Properties")]
    properties: Properties,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(rename = "Content-Length")]
    length: u64,
    #[serde(rename = "Etag", default)]
    etag: Option<String>,
    #[serde(rename = "Content-MD5", default)]
    md5: Option<String>,
}

impl Blob {
    fn found(self) -> Found {
        // The listing has it bare, `If-Match` wants it quoted.
        let etag = self.properties.etag.map(|tag| format!("\"{}\"", tag.trim_matches('"')));
        Found {
            key: self.name,
            size: self.properties.length,
            etag,
            version: self.version,
            digests: md5(self.properties.md5.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests;
