//! `wasi:http` requests, through the same door as our own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use bytes::Bytes;
use http::{HeaderName, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use nix_ai_model_core::ports::{Http, Method, Request};
use nix_ai_model_core::{Error as CoreError, Kind};
use url::Url;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::limits::Limits;

/// The header by which a guest names the credential that the host is to send.
/// It ends here.
const CREDENTIAL: &str = "nix-ai-model-credential";
/// The longest body of a request, in bytes.
const LONGEST_BODY: usize = 4 << 20;

type Answer = (http::Response<WasiBody>, Ended);
type Ended = Box<dyn Future<Output = Result<(), Error>> + Send>;

/// The way out.
#[derive(Clone)]
pub(super) struct Outgoing {
    door: Option<Arc<dyn Http>>,
    limits: Limits,
    used: Arc<Used>,
}

#[derive(Default)]
struct Used {
    requests: AtomicU32,
    bytes: AtomicU64,
}

impl Outgoing {
    pub(super) fn new(door: Option<Arc<dyn Http>>, limits: &Limits) -> Self {
        Self { door, limits: *limits, used: Arc::default() }
    }

    async fn send(self, request: http::Request<WasiBody>) -> Result<Answer, Error> {
        let Some(door) = self.door.clone() else { return Err(Error::HttpRequestDenied) };
        if self.used.requests.fetch_add(1, Ordering::Relaxed) >= self.limits.host_calls {
            return Err(Error::ConnectionLimitReached);
        }
        let request = plain(request).await?;
        self.count(request.body.as_ref().map_or(0, Bytes::len))?;
        let response = door.fetch(request, self.limits.response).await.map_err(refusal)?;
        self.count(response.body.len())?;
        let mut answer = http::Response::builder().status(response.status);
        for (name, value) in &response.headers {
            answer = answer.header(name, value);
        }
        let body = Full::new(response.body).map_err(|never| match never {}).boxed_unsync();
        let answer = answer.body(body).map_err(|_| Error::HttpProtocolError)?;
        Ok((answer, Box::new(async { Ok(()) })))
    }

    fn count(&self, bytes: usize) -> Result<(), Error> {
        let before = self.used.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let kept = before.saturating_add(bytes as u64) <= self.limits.traffic;
        kept.then_some(()).ok_or(Error::HttpResponseBodySize(Some(self.limits.traffic)))
    }
}

impl WasiHttpHooks for Outgoing {
    // The door says which headers are the host's; it makes the host's own too.
    fn is_forbidden_header(&mut self, _: &HeaderName) -> bool {
        false
    }

    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Ended,
    ) -> Box<dyn Future<Output = Result<Answer, Error>> + Send> {
        Box::new(self.clone().send(request))
    }
}

/// The request as the door takes it.
async fn plain(request: http::Request<WasiBody>) -> Result<Request, Error> {
    let (parts, body) = request.into_parts();
    let method = match parts.method {
        http::Method::GET => Method::Get,
        http::Method::HEAD => Method::Head,
        http::Method::POST => Method::Post,
        _ => return Err(Error::HttpRequestMethodInvalid),
    };
    let mut headers = Vec::new();
    let mut credential = None;
    for (name, value) in &parts.headers {
        let value = value.to_str().map_err(|_| Error::HttpRequestDenied)?.to_owned();
        if name == CREDENTIAL {
            credential = Some(value);
        } else if !frames(name, &parts.uri, &value) {
            headers.push((name.as_str().to_owned(), value));
        }
    }
    let body = Limited::new(body, LONGEST_BODY).collect().await;
    let body = body.map_err(|_| Error::HttpRequestBodySize(Some(LONGEST_BODY as u64)))?.to_bytes();
    Ok(Request {
        method,
        url: Url::parse(&parts.uri.to_string()).map_err(|_| Error::HttpRequestUriInvalid)?,
        headers,
        body: (method == Method::Post).then_some(body),
        credential,
    })
}

/// Whether a header says only what the host says again in its own words.
/// Anything else of the host's own stays, and is refused at the door.
fn frames(name: &HeaderName, uri: &Uri, value: &str) -> bool {
    (name == http::header::HOST && uri.authority().is_some_and(|own| own.as_str() == value))
        || name == http::header::CONTENT_LENGTH
}

fn refusal(error: CoreError) -> Error {
    match error.kind() {
        Kind::Refused => Error::HttpRequestDenied,
        _ => Error::InternalError(Some(error.message().to_owned())),
    }
}
