//! Google Cloud Storage, by its JSON interface: one listing tells all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::object::Object;
use nix_ai_model_core::ports::{Request, Response};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde::Deserialize;
use url::Url;

use super::settings::GcsSettings;
use super::store::{Api, Found, Page, get, segment, with_query};

const GOOGLE: &str = "https://storage.googleapis.com";
/// What of an object is asked for.
const FIELDS: &str = "name,size,generation,md5Hash,crc32c";

/// One bucket.
pub(super) struct Gcs {
    base: Url,
    bucket: String,
}

impl Gcs {
    pub(super) fn new(settings: &GcsSettings, bucket: &str) -> Self {
        let google = || Url::parse(GOOGLE).expect("it is a URL");
        let base = settings.endpoint.clone().unwrap_or_else(google);
        Self { base, bucket: bucket.to_owned() }
    }

    /// Where it is.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// The address of an object, or of all of them.
    fn object(&self, key: Option<&str>) -> Url {
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        let key = key.map(|key| format!("/{}", segment(key))).unwrap_or_default();
        url.set_path(&format!("{base}/storage/v1/b/{}/o{key}", segment(&self.bucket)));
        url
    }
}

impl Api for Gcs {
    fn page(&self, prefix: &str, after: Option<&str>, _: bool) -> Url {
        let fields = format!("nextPageToken,items({FIELDS})");
        let mut pairs = vec![("prefix", prefix), ("maxResults", "1000"), ("fields", &fields)];
        pairs.extend(after.map(|after| ("pageToken", after)));
        with_query(self.object(None), &pairs)
    }

    fn read_page(&self, body: &[u8]) -> Result<Page> {
        let list: List = serde_json::from_slice(body).map_err(|_| unreadable())?;
        let found = list.items.into_iter().map(Entry::found).collect::<Result<_>>()?;
        Ok(Page { found, next: list.next.filter(|next| !next.is_empty()) })
    }

    fn look(&self, key: &str) -> Request {
        get(with_query(self.object(Some(key)), &[("fields", FIELDS)]))
    }

    fn read_look(&self, _: &str, answer: &Response) -> Result<Found> {
        serde_json::from_slice::<Entry>(&answer.body).map_err(|_| unreadable())?.found()
    }

    fn bytes(&self, object: &Object) -> Url {
        let mut pairs = vec![("alt", "media")];
        pairs.extend(object.version.as_deref().map(|version| ("generation", version)));
        with_query(self.object(Some(&object.uri.key)), &pairs)
    }

    fn complaint(&self, answer: &Response) -> Option<Error> {
        let told: Told = serde_json::from_slice(&answer.body).ok()?;
        let kind = match answer.status {
            404 => Kind::NotFound,
            // A bad request is told apart from a store that is down.
            400 => Kind::Network,
            _ => return None,
        };
        let (status, message) = (answer.status, escape(&told.error.message));
        Some(
            Error::new(kind, format!("the store answered with status {status}, {message}"))
                .with_hint("check bucket, prefix and endpoint"),
        )
    }
}

fn unreadable() -> Error {
    Error::new(Kind::Network, "it is no answer of Google Cloud Storage")
        .with_hint("check that the endpoint speaks its JSON interface")
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "nextPageToken", default)]
    next: Option<String>,
    #[serde(default)]
    items: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: String,
    size: String,
    #[serde(default)]
    generation: Option<String>,
    #[serde(default)]
    md5_hash: Option<String>,
    #[serde(default)]
    crc32c: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    error: Message,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

impl Entry {
    fn found(self) -> Result<Found> {
        let told = [(Algorithm::Md5, self.md5_hash), (Algorithm::Crc32c, self.crc32c)];
        let digests = told.into_iter().filter_map(|(algorithm, value)| {
            let value = STANDARD.decode(value?).ok()?;
            (value.len() == algorithm.length()).then(|| (algorithm, hex::encode(value)))
        });
        Ok(Found {
            key: self.name,
            size: self.size.parse().map_err(|_| unreadable())?,
            digests: digests.collect(),
            // A generation never changes: there is nothing to match beside it.
            etag: None,
            version: self.generation,
        })
    }
}

#[cfg(test)]
mod tests;
