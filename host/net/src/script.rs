//! Exchanges on record: played back behind the same questions that the door
//! asks, or taken down on the way through it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::origin::shown;
use nix_ai_model_core::ports::{Http, Method, Request, Response};
use nix_ai_model_core::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::authorise::{Purpose, authorise};
use crate::door::Egress;
use crate::exchange::free_headers;

/// A request and what it was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// What was asked.
    pub request: Asked,
    /// What came back.
    pub response: Answered,
}

/// A request, as far as it decides the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `GET`, `HEAD` or `POST`.
    pub method: String,
    /// The whole URL.
    pub url: Url,
    /// Handle of the credential to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The body of a POST, where it is text; any body where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// An answer. Its body is text, JSON or base64; none of them is an empty one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The URL that answered, where redirects led to another.
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "finalUrl")]
    pub final_url: Option<Url>,
    /// The body.
    #[serde(flatten)]
    pub body: Body,
}

/// The body of an answer on record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    /// As text.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// As JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    json: Option<Value>,
    /// As base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Body {
    fn of(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        // As JSON only where that plays back the same bytes: a plugin may keep
        // them, or their digest.
        if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_slice(bytes)
            && json.to_string().as_bytes() == bytes
        {
            return Self { json: Some(json), ..Self::default() };
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { body: Some(text.to_owned()), ..Self::default() },
            Err(_) => Self { base64: Some(STANDARD.encode(bytes)), ..Self::default() },
        }
    }

    fn bytes(&self) -> Result<Bytes> {
        let malformed = || {
            Error::new(
                Kind::Usage,
                "a body on record is more than one of body, json and base64, or its base64 is malformed",
            )
        };
        match (&self.body, &self.json, &self.base64) {
            (None, None, None) => Ok(Bytes::new()),
            (Some(text), None, None) => Ok(text.clone().into()),
            (None, Some(json), None) => Ok(json.to_string().into()),
            (None, None, Some(text)) => {
                STANDARD.decode(text).map(Bytes::from).map_err(|_| malformed())
            }
            _ => Err(malformed()),
        }
    }
}

/// Answers from the record, each exchange once, in any order. What would be
/// refused at the door is refused here.
pub struct Script {
    grant: Grant,
    left: Mutex<Vec<Recorded>>,
}

impl Script {
    /// Plays these back for a run under `grant`.
    pub fn new(grant: Grant, exchanges: Vec<Recorded>) -> Self {
        Self { grant, left: Mutex::new(exchanges) }
    }

    /// The requests that nobody made.
    pub fn left(&self) -> Vec<Asked> {
        lock(&self.left).iter().map(|exchange| exchange.request.clone()).collect()
    }
}

#[async_trait]
impl Http for Script {
    async fn fetch(&self, request: Request, longest_body: usize) -> Result<Response> {
        let Grant { holder, .. } = &self.grant;
        authorise(&self.grant, Purpose::Metadata, &request.url)?;
        free_headers(holder, &request.headers)?;
        if let Some(handle) = &request.credential
            && self.grant.credential(handle).is_none()
        {
            return Err(Error::new(
                Kind::Refused,
                format!("{holder} has no credential \"{handle}\""),
            ));
        }
        let asked = Asked::of(&request);
        let mut left = lock(&self.left);
        let Some(place) = left.iter().position(|exchange| exchange.request.fits(&asked)) else {
            let on_record: Vec<String> =
                left.iter().map(|exchange| exchange.request.words()).collect();
            return Err(Error::new(
                Kind::Network,
                format!("no answer is on record for {}", asked.words()),
            )
            .with_hint(format!("left on record: {}", on_record.join("; "))));
        };
        let Recorded { response, .. } = left.remove(place);
        drop(left);
        let body = response.body.bytes()?;
        if body.len() > longest_body {
            return Err(Error::new(
                Kind::Refused,
                format!("{} answered with more than {longest_body} bytes", shown(&request.url)),
            ));
        }
        let final_url = response.final_url.unwrap_or(request.url);
        authorise(&self.grant, Purpose::Metadata, &final_url)?;
        Ok(Response {
            status: response.status,
            headers: response.headers.into_iter().collect(),
            body,
            final_url,
        })
    }
}

/// Goes through the door, and takes down what is said. Secrets are put in
/// behind it, so none is on record; cookies are left out.
pub struct Recorder {
    egress: Egress,
    taken: Mutex<Vec<Recorded>>,
}

impl Recorder {
    /// Nothing taken down yet.
    pub fn new(egress: Egress) -> Self {
        Self { egress, taken: Mutex::default() }
    }

    /// What was said so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        lock(&self.taken).clone()
    }
}

#[async_trait]
impl Http for Recorder {
    async fn fetch(&self, request: Request, longest_body: usize) -> Result<Response> {
        let asked = Asked::of(&request);
        let response = self.egress.fetch(request, longest_body).await?;
        let headers =
            response.headers.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
        let answered = Answered {
            status: response.status,
            headers: headers.cloned().collect(),
            final_url: Some(response.final_url.clone()).filter(|url| *url != asked.url),
            body: Body::of(&response.body),
        };
        lock(&self.taken).push(Recorded { request: asked, response: answered });
        Ok(response)
    }
}

/// Headers that are nobody's answer: those of the connection, those that change
/// with every run, and those that could be a login.
const LEFT_OUT: [&str; 7] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "set-cookie",
    "transfer-encoding",
    "www-authenticate",
];

impl Asked {
    fn of(request: &Request) -> Self {
        let method = match request.method {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
        };
        let body = request.body.as_deref().and_then(|body| std::str::from_utf8(body).ok());
        Self {
            method: method.to_owned(),
            url: request.url.clone(),
            credential: request.credential.clone(),
            body: body.map(str::to_owned),
        }
    }

    fn fits(&self, asked: &Self) -> bool {
        (&self.method, &self.url, &self.credential)
            == (&asked.method, &asked.url, &asked.credential)
            && (self.body.is_none() || self.body == asked.body)
    }

    /// The request in one line.
    pub fn words(&self) -> String {
        let credential =
            self.credential.as_ref().map(|handle| format!(" with credential \"{handle}\""));
        format!("{} {}{}", self.method, self.url, credential.unwrap_or_default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    fn script() -> Script {
        let exchanges = json!([
            {"request": {"method": "GET", "url": "https://hub.example/a"},
             "response": {"status": 200, "headers": {"etag": "x"}, "json": {"b": 1}}},
            {"request": {"method": "GET", "url": "https://hub.example/b"},
             "response": {"status": 404, "finalUrl": "https://elsewhere.example/"}},
        ]);
        let grant =
            Grant { http: vec!["https://hub.example".parse().unwrap()], ..Grant::default() };
        Script::new(grant, serde_json::from_value(exchanges).unwrap())
    }

    fn get(url: &str) -> Request {
        let url = Url::parse(url).unwrap();
        Request { method: Method::Get, url, headers: Vec::new(), body: None, credential: None }
    }

    #[tokio::test]
    async fn each_exchange_is_played_once() {
        let script = script();
        let response = script.fetch(get("https://hub.example/a"), 100).await.unwrap();
        assert_eq!((response.status, &response.body[..]), (200, &br#"{"b":1}"#[..]));
        assert_eq!(script.left().len(), 1);
        let error = script.fetch(get("https://hub.example/a"), 100).await.unwrap_err();
        assert!(error.message().contains("GET https://hub.example/a"), "{error}");
        assert!(error.hint().unwrap().contains("/b"), "{error}");
    }

    #[tokio::test]
    async fn what_the_door_refuses_is_refused() {
        let header =
            Request { headers: vec![("host".into(), "x".into())], ..get("https://hub.example/a") };
        let credential =
            Request { credential: Some("token".into()), ..get("https://hub.example/a") };
        for request in [
            get("https://other.example/a"),
            get("http://hub.example/a"),
            get("https://hub.example/b"),
            header,
            credential,
        ] {
            assert_eq!(script().fetch(request, 100).await.unwrap_err().kind(), Kind::Refused);
        }
        let long = script().fetch(get("https://hub.example/a"), 3).await;
        assert_eq!(long.unwrap_err().kind(), Kind::Refused);
    }

    #[test]
    fn a_body_is_kept_as_what_it_is() {
        for bytes in [
            &b"{\"a\":[1]}"[..],
            b"{\"b\": 1, \"a\": 2}\n",
            b"[1,1]",
            b"plain",
            b"\xff\x00",
            b"",
            b"12",
        ] {
            assert_eq!(Body::of(bytes).bytes().unwrap(), bytes);
        }
        assert!(
            Body { body: Some(String::new()), base64: Some(String::new()), json: None }
                .bytes()
                .is_err()
        );
    }
}
