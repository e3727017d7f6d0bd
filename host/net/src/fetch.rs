//! Metadata: small, whole, tried again.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use nix_ai_model_core::origin::shown;
use nix_ai_model_core::ports::{Http, Method, Request, Response};
use nix_ai_model_core::{Error, Kind, Result};
use tokio::time::{sleep, timeout};

use crate::authorise::Purpose;
use crate::backoff;
use crate::door::Egress;
use crate::exchange::{Answer, Exchange, encoded, encoding, free_headers};
use crate::failure::Failure;
use crate::header::asked_wait;

#[async_trait]
impl Http for Egress {
    async fn fetch(&self, request: Request, longest_body: usize) -> Result<Response> {
        self.whole(Purpose::Metadata, &request, longest_body).await
    }
}

/// Whether an outcome is worth another try. What the server saw is repeated
/// only where doing it twice is doing it once; too many requests (429) says
/// that it was not done.
fn repeats(request: &Request, outcome: &Result<(Response, Option<Duration>), Failure>) -> bool {
    let repeatable = request.method != Method::Post;
    match outcome {
        Ok((response, _)) => match response.status {
            429 => true,
            408 | 500..=599 => repeatable,
            _ => false,
        },
        Err(failure) => failure.again && (repeatable || failure.unsent),
    }
}

impl Egress {
    /// A whole file of at most `longest` bytes, from where downloads may come
    /// from. A status that is not a success is a response, not an error.
    ///
    /// # Errors
    /// As [`Http::fetch`].
    pub async fn file(&self, request: Request, longest: usize) -> Result<Response> {
        self.whole(Purpose::Download, &request, longest).await
    }

    async fn whole(
        &self,
        purpose: Purpose,
        request: &Request,
        longest_body: usize,
    ) -> Result<Response> {
        let mut retry = 0;
        loop {
            let outcome = self.attempt(purpose, request, longest_body).await;
            if !repeats(request, &outcome) || retry == self.retries().count {
                return outcome.map(|(response, _)| response).map_err(|failure| failure.error);
            }
            retry += 1;
            let asked = match &outcome {
                Ok((_, asked)) => *asked,
                Err(failure) => failure.wait,
            };
            let wait = self.bearable(&shown(&request.url), asked)?;
            let wait = wait.unwrap_or_else(|| backoff::delay(self.retries(), retry));
            tracing::info!(url = shown(&request.url), ?wait, "trying again");
            sleep(wait).await;
        }
    }

    /// The wait a server asks for, where it is one that can be waited for.
    pub(crate) fn bearable(&self, what: &str, asked: Option<Duration>) -> Result<Option<Duration>> {
        match asked {
            Some(wait) if wait > self.retries().patience => Err(rate_limited(what, Some(wait))),
            other => Ok(other),
        }
    }

    /// One try, and how long the server asks to wait before the next.
    async fn attempt(
        &self,
        purpose: Purpose,
        request: &Request,
        longest_body: usize,
    ) -> Result<(Response, Option<Duration>), Failure> {
        let limit = self.timeouts().exchange;
        match timeout(limit, self.exchange(purpose, request, longest_body)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::from(Error::new(
                Kind::Network,
                format!("{} took longer than {limit:?}", shown(&request.url)),
            ))),
        }
    }

    async fn exchange(
        &self,
        purpose: Purpose,
        request: &Request,
        longest_body: usize,
    ) -> Result<(Response, Option<Duration>), Failure> {
        let exchange = Exchange {
            purpose,
            method: match request.method {
                Method::Get => http::Method::GET,
                Method::Head => http::Method::HEAD,
                Method::Post => http::Method::POST,
                Method::Put => http::Method::PUT,
            },
            url: {
                let mut url = request.url.clone();
                url.set_fragment(None);
                url
            },
            headers: free_headers(&self.grant().holder, &request.headers)?,
            body: request
                .body
                .clone()
                .filter(|_| matches!(request.method, Method::Post | Method::Put)),
            identity: self.identity(request.credential.as_deref())?,
        };
        let Answer { response, url: final_url, _permit } = exchange.run(self).await?;
        let status = response.status();
        let asked = asked_wait(response.headers(), SystemTime::now());
        let headers = readable(response.headers());
        let body = match encoding(response.headers()) {
            _ if request.method == Method::Head => Bytes::new(),
            None => self.body(response, &shown(&final_url), longest_body).await?,
            Some(encoding) if status.is_success() => {
                return Err(encoded(&final_url, &encoding).into());
            }
            // An error page that cannot be read is still an error's status.
            Some(_) => Bytes::new(),
        };
        Ok((Response { status: status.as_u16(), headers, body, final_url }, asked))
    }

    /// Reads a body that may be `longest` bytes, whatever the server says of it.
    async fn body(
        &self,
        mut response: reqwest::Response,
        what: &str,
        longest: usize,
    ) -> Result<Bytes, Failure> {
        let too_long = || {
            Error::new(Kind::Refused, format!("{what} answered with more than {longest} bytes"))
                .with_hint("that is more than metadata may have; check the address")
        };
        if response.content_length().is_some_and(|length| length > longest as u64) {
            return Err(too_long().into());
        }
        let stall = self.timeouts().stall;
        let mut body = BytesMut::new();
        loop {
            let chunk = timeout(stall, response.chunk())
                .await
                .map_err(|_| Failure::silence(what, stall))?
                .map_err(|error| Failure::of_client(what, error))?;
            let Some(chunk) = chunk else { return Ok(body.freeze()) };
            if body.len() + chunk.len() > longest {
                return Err(too_long().into());
            }
            body.extend_from_slice(&chunk);
        }
    }
}

/// The failure of what would have to wait for too long.
pub(crate) fn rate_limited(what: &str, wait: Option<Duration>) -> Error {
    let error =
        Error::new(Kind::RateLimited(wait), format!("{what} takes no more requests for now"));
    match wait {
        Some(wait) => error.with_hint(format!("try again in {} seconds", wait.as_secs().max(1))),
        None => error.with_hint("try again later, or with a token, which may raise the limit"),
    }
}

fn readable(headers: &http::HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), std::str::from_utf8(value.as_bytes()).ok()?.to_owned()))
        })
        .collect()
}
