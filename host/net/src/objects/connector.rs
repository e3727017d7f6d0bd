//! The door as the HTTP client of `object_store`, which asks token endpoints
//! through it.

use std::fmt;

use async_trait::async_trait;
use nix_ai_model_core::ports::{Http as _, Method, Request};
use nix_ai_model_core::{Error, Kind};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use url::Url;

use crate::door::Egress;

/// The longest answer of a token endpoint, in bytes.
const ANSWER: usize = 1 << 20;

/// Gives `object_store` no client but the door.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Egress);

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Connector {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = request_of(&request).map_err(failed)?;
        let answer = self.0.fetch(request, ANSWER).await.map_err(failed)?;
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        response
            .body(answer.body.into())
            .map_err(|error| HttpError::new(HttpErrorKind::Decode, error))
    }
}

fn request_of(request: &HttpRequest) -> Result<Request, Error> {
    let unfit = |what: &str| Error::new(Kind::Internal, format!("a request for a token {what}"));
    let method = match *request.method() {
        http::Method::GET => Method::Get,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        _ => return Err(unfit("has an unknown method")),
    };
    let headers =
        request.headers().iter().filter(|(name, _)| *name != http::header::CONTENT_LENGTH);
    let headers = headers
        .map(|(name, value)| Ok((name.to_string(), value.to_str()?.to_owned())))
        .collect::<Result<_, http::header::ToStrError>>()
        .map_err(|_| unfit("has a header that is not text"))?;
    Ok(Request {
        method,
        url: Url::parse(&request.uri().to_string()).map_err(|_| unfit("has no URL"))?,
        headers,
        body: request.body().as_bytes().cloned(),
        credential: None,
    })
}

/// The door has tried again already where that may help.
fn failed(error: Error) -> HttpError {
    HttpError::new(HttpErrorKind::Unknown, error)
}
