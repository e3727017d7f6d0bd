//! One bucket: what it holds, and how its objects are asked for.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{StreamExt as _, TryStreamExt as _};
use nix_ai_model_core::digest::Algorithm;
use nix_ai_model_core::object::{Object, ObjectUri};
use nix_ai_model_core::plan::{Download, Limits};
use nix_ai_model_core::ports::{Http as _, Method, Request, Response};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::signer::Signer;
use crate::door::Egress;

/// The longest page of a listing, in bytes: a thousand keys and what is told of them.
const PAGE: usize = 32 << 20;
/// Objects that are looked at side by side.
const LOOKS: usize = 16;
/// What stays as it is in a URL, as signatures take it.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const STRICT_PATH: &AsciiSet = &STRICT.remove(b'/');

/// A bucket and the way to it.
pub(super) struct Store {
    pub(super) egress: Egress,
    pub(super) signer: Arc<Signer>,
    pub(super) api: Box<dyn Api>,
}

/// What a store tells of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Its whole key.
    pub(super) key: String,
    /// Its size in bytes.
    pub(super) size: u64,
    /// Its entity tag, quoted.
    pub(super) etag: Option<String>,
    /// Its version or generation.
    pub(super) version: Option<String>,
    /// Digests of its bytes, in hexadecimal.
    pub(super) digests: Vec<(Algorithm, String)>,
}

/// A part of a listing, and where the next one begins.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) found: Vec<Found>,
    pub(super) next: Option<String>,
}

/// What a kind of store speaks.
pub(super) trait Api: Send + Sync {
    /// The URL of a page of the keys that begin so. `versions`: with the names
    /// of their versions, where the listing can tell them.
    fn page(&self, prefix: &str, after: Option<&str>, versions: bool) -> Url;

    /// Reads a page.
    fn read_page(&self, body: &[u8]) -> Result<Page>;

    /// The request that tells all of one object.
    fn look(&self, key: &str) -> Request;

    /// Reads its answer.
    fn read_look(&self, key: &str, answer: &Response) -> Result<Found>;

    /// The URL of the bytes.
    fn bytes(&self, object: &Object) -> Url;

    /// Headers of every request.
    fn headers(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Whether objects have to be looked at one by one beside the listing.
    fn looks_close(&self) -> bool {
        false
    }

    /// Whether a listing with versions may be more than the store or the
    /// credential allows.
    fn versions_may_fail(&self) -> bool {
        false
    }

    /// What the store's answer says went wrong, where it can be put in words.
    fn complaint(&self, answer: &Response) -> Option<Error>;
}

impl Store {
    /// All objects whose keys begin so, in order of keys; what only marks a
    /// folder is left out.
    pub(super) async fn list(&self, uri: &ObjectUri) -> Result<Vec<Found>> {
        let most = Limits::default().files;
        let mut versions = true;
        let mut all: Vec<Found> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let url = self.api.page(&uri.key, after.as_deref(), versions);
            let answer = self.ask(get(url)).await?;
            if versions && self.api.versions_may_fail() && matches!(answer.status, 400 | 403 | 409)
            {
                versions = false;
                continue;
            }
            let answer = self.good(uri, answer)?;
            let page = self
                .api
                .read_page(&answer.body)
                .map_err(|error| error.within(format_args!("the listing of {}", shown(uri))))?;
            all.extend(page.found.into_iter().filter(|found| !is_marker(found)));
            if all.len() > most {
                return Err(Error::new(
                    Kind::Refused,
                    format!("{} holds more than {most} objects", shown(uri)),
                )
                .with_hint("name a longer prefix"));
            }
            match page.next {
                None => break,
                next if next == after => {
                    return Err(Error::new(
                        Kind::Network,
                        format!("the listing of {} does not go on", shown(uri)),
                    ));
                }
                next => after = next,
            }
        }
        all.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(all)
    }

    /// The same objects with all that the store tells of them.
    pub(super) async fn look_at(&self, uri: &ObjectUri, all: Vec<Found>) -> Result<Vec<Found>> {
        if !self.api.looks_close() {
            return Ok(all);
        }
        let look = |found: Found| async move { self.look(&uri.with_key(&found.key)).await };
        futures::stream::iter(all).map(look).buffered(LOOKS).try_collect().await
    }

    /// One object.
    ///
    /// # Errors
    /// [`Kind::NotFound`] where there is none.
    pub(super) async fn look(&self, uri: &ObjectUri) -> Result<Found> {
        let answer = self.ask(self.api.look(&uri.key)).await?;
        let answer = self.good(uri, answer)?;
        self.api.read_look(&uri.key, &answer).map_err(|error| error.within(shown(uri)))
    }

    /// The request for an object's bytes in the state that was planned.
    pub(super) fn download(&self, object: &Object) -> Download {
        let mut headers = self.api.headers();
        headers.extend(object.etag.iter().map(|etag| ("if-match".to_owned(), etag.clone())));
        Download { url: self.api.bytes(object), headers, credential: None }
    }

    async fn ask(&self, mut request: Request) -> Result<Response> {
        request.headers.extend(self.api.headers());
        self.egress.fetch(request, PAGE).await
    }

    /// The answer, where it is one.
    fn good(&self, uri: &ObjectUri, answer: Response) -> Result<Response> {
        if answer.status == 200 {
            return Ok(answer);
        }
        let what = shown(uri);
        if let Some(error) = self.api.complaint(&answer) {
            return Err(error.within(what));
        }
        let said = said(&answer).map(|said| format!(", {}", escape(&said))).unwrap_or_default();
        let status = answer.status;
        Err(match status {
            401 | 403 => Error::new(
                Kind::Unauthorized,
                format!("{what} was refused (status {status}{said})"),
            )
            .with_hint(self.signer.advice.clone()),
            404 => Error::new(Kind::NotFound, format!("{what} is not there (status 404{said})"))
                .with_hint("check bucket, prefix and endpoint"),
            _ => Error::new(Kind::Network, format!("{what} answered with status {status}{said}"))
                .with_hint("check endpoint and region; the store may have a fault of its own"),
        })
    }
}

/// A request without a body.
pub(super) fn get(url: Url) -> Request {
    Request { method: Method::Get, url, headers: Vec::new(), body: None, credential: None }
}

/// The URI as a message may have it.
pub(super) fn shown(uri: &ObjectUri) -> String {
    escape(&uri.to_string())
}

/// An empty object that tools write to show an empty folder.
fn is_marker(found: &Found) -> bool {
    found.size == 0 && (found.key.ends_with('/') || found.key.ends_with("_$folder$"))
}

/// `base/path`, the path encoded as signatures want it.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let encoded = utf8_percent_encode(path, STRICT_PATH);
    url.set_path(&format!("{}/{encoded}", base.path().trim_end_matches('/')));
    url
}

/// One segment of a path, its slashes encoded too.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// Sets the query.
pub(super) fn with_query(mut url: Url, pairs: &[(&str, &str)]) -> Url {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value))).collect();
    url.set_query(Some(&pairs.join("&")));
    url
}

/// A header of an answer.
pub(super) fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}

/// The size that an answer without a body has in its headers.
pub(super) fn length(answer: &Response) -> Result<u64> {
    header(answer, "content-length")
        .and_then(|length| length.parse().ok())
        .ok_or_else(|| Error::new(Kind::Network, "the store did not say how long the object is"))
}

/// The code in an answer's XML.
pub(super) fn code(body: &Bytes) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0.to_owned())
}

/// What the answer says of itself.
fn said(answer: &Response) -> Option<String> {
    code(&answer.body).or_else(|| header(answer, "x-ms-error-code").map(str::to_owned))
}
