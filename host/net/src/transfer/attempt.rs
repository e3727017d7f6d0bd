//! One go at the missing bytes of a file: a first answer, and what else is
//! asked for beside it.

use http::header::{ETAG, HeaderMap, HeaderValue};
use nix_ai_model_core::ports::{Event, Sink};
use nix_ai_model_core::{Error, Kind};

use super::Run;
use super::answer::{refusal, wrong_part, wrong_size};
use super::lines::Line;
use crate::exchange::{Answer, encoded, encoding};
use crate::failure::Failure;
use crate::header::content_range::{ContentRange, parse};
use crate::header::text;

/// What a first answer came to.
enum First {
    /// The file is complete, or is not.
    Over(bool),
    /// Bytes follow.
    Bytes(Line, Box<Answer>),
}

impl<'a> Run<'a> {
    /// Asks for what is missing and writes what comes. True where the file is
    /// complete, false where the server ended in good order before that.
    pub(super) async fn attempt(&mut self, sink: &mut dyn Sink) -> Result<bool, Failure> {
        let gap = sink.gap(sink.position());
        let answer = self.asking().ask(gap.clone()).await?;
        match self.first(answer, gap.end, sink).await? {
            First::Over(complete) => Ok(complete),
            First::Bytes(line, answer) => self.receive(line, *answer, sink).await,
        }
    }

    async fn first(
        &mut self,
        answer: Answer,
        until: u64,
        sink: &mut dyn Sink,
    ) -> Result<First, Failure> {
        let position = sink.position();
        let Answer { response, url, .. } = &answer;
        let status = response.status().as_u16();
        if status != 416 && !response.status().is_success() {
            return Err(refusal(self.egress, self.download, &self.what, response));
        }
        let range = text(response.headers(), "content-range").and_then(parse);
        match (status, range) {
            (416, range) => self.outside(range, sink).await.map(First::Over),
            // To a store an encoding is a remark on the object; its bytes are what they are.
            (_, _)
                if self.egress.signer().is_none()
                    && let Some(encoding) = encoding(response.headers()) =>
            {
                Err(encoded(url, &encoding).into())
            }
            (206, Some(ContentRange::Part { first, last, total })) if first == position => {
                if self.is_another(response.headers()) {
                    self.start_over(sink, "the file changed on the server").await?;
                }
                self.learn(total, sink, response.headers())?;
                self.divisible = true;
                let line = Line { at: position, until, end: Some(last + 1) };
                Ok(First::Bytes(line, Box::new(answer)))
            }
            (206, _) => Err(wrong_part(&self.what, position, response)),
            (200, _) => {
                // What is here is dropped only for what has the right size.
                let end = response.content_length();
                self.learn(end, sink, response.headers())?;
                if position > 0 || sink.gap(0).end != u64::MAX {
                    sink.restart().await?;
                    self.size.iter().for_each(|size| sink.announce(*size));
                }
                Ok(First::Bytes(Line { at: 0, until: u64::MAX, end }, Box::new(answer)))
            }
            _ => Err(refusal(self.egress, self.download, &self.what, response)),
        }
    }

    /// The server has nothing from the position on.
    async fn outside(
        &mut self,
        range: Option<ContentRange>,
        sink: &mut dyn Sink,
    ) -> Result<bool, Failure> {
        let position = sink.position();
        let total = match range {
            Some(ContentRange::Outside { total }) => Some(total),
            _ => None,
        };
        match total.or(self.size) {
            Some(total) if self.size.is_some_and(|size| size != total) => {
                Err(wrong_size(&self.what, total, self.size, self.planned, None).into())
            }
            Some(total) if total == position => {
                sink.announce(total);
                Ok(true)
            }
            // What is here is more than the server has, so it is of another file.
            Some(total) if total < position => {
                self.start_over(sink, "the file became shorter on the server").await
            }
            // An empty file has no first byte to ask for.
            None if position == 0 => {
                sink.announce(0);
                Ok(true)
            }
            // After a part that did not say of how much: it was the last one.
            None if self.received => Ok(true),
            None => self.start_over(sink, "the server does not take the position").await,
            Some(_) => Err(Failure::lasting(Error::new(
                Kind::Network,
                format!("{} does not give the bytes from {position} on", self.what),
            ))),
        }
    }

    async fn start_over<T>(&mut self, sink: &mut dyn Sink, reason: &str) -> Result<T, Failure> {
        sink.restart().await?;
        self.etag = None;
        self.received = false;
        self.size = self.planned;
        let error = Error::new(Kind::Network, format!("{}: {reason}", self.what));
        Err(Failure::from(error))
    }

    /// Whether these are another file's headers than those of earlier bytes.
    pub(super) fn is_another(&self, headers: &HeaderMap) -> bool {
        self.etag.is_some() && strong(headers).is_some_and(|etag| self.etag.as_ref() != Some(etag))
    }

    /// Takes in the whole file's size and tag before its bytes.
    fn learn(
        &mut self,
        total: Option<u64>,
        sink: &mut dyn Sink,
        headers: &HeaderMap,
    ) -> Result<(), Failure> {
        if let Some(total) = total {
            if self.size.is_some_and(|size| size != total) {
                let kind = text(headers, "content-type");
                return Err(wrong_size(&self.what, total, self.size, self.planned, kind).into());
            }
            self.size = Some(total);
            sink.announce(total);
        }
        self.etag = strong(headers).cloned();
        if let Some(etag) = self.etag.as_ref().and_then(|etag| etag.to_str().ok()) {
            sink.identify(&self.validator(etag))?;
        }
        Ok(())
    }

    /// What an end of the body means, after which there is no other connection.
    pub(super) fn ended(
        &self,
        end: Option<u64>,
        endless: bool,
        sink: &dyn Sink,
    ) -> Result<bool, Failure> {
        let position = sink.position();
        match (self.size, end) {
            (Some(size), _) if size == position => Ok(true),
            (_, Some(end)) if position < end => Err(self.cut_short(position)),
            (Some(_), None) => Err(self.cut_short(position)),
            // A part of a file whose size the server does not say: there may be more.
            (_, Some(_)) => Ok(false),
            (None, None) => {
                if endless {
                    self.reporter.event(Event::Note(&format!(
                        "{} did not say how long it is; a connection that broke would look the same",
                        self.what
                    )));
                }
                Ok(true)
            }
        }
    }

    pub(super) fn cut_short(&self, position: u64) -> Failure {
        Failure::from(
            Error::new(Kind::Network, format!("{} ended early, after {position} bytes", self.what))
                .with_hint("try again, or another mirror"),
        )
    }
}

/// The entity tag, where it is one that stands for exact bytes.
fn strong(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(ETAG).filter(|etag| {
        let bytes = etag.as_bytes();
        bytes.len() > 2 && bytes.starts_with(b"\"") && bytes.ends_with(b"\"")
    })
}

/// Whether the end of the connection is the only end of the body. Chunked
/// bodies, HTTP/2 streams and TLS tell an end from a break; this does not.
pub(super) fn closes_to_end(answer: &Answer) -> bool {
    answer.url.scheme() == "http"
        && answer.response.version() <= http::Version::HTTP_11
        && !answer.response.headers().contains_key(http::header::TRANSFER_ENCODING)
}

pub(super) fn excess(what: &str) -> Error {
    Error::new(Kind::HashMismatch, format!("{what} sent more bytes than the file has"))
        .with_hint("the server's copy is not what was planned; try again later or another mirror")
}
