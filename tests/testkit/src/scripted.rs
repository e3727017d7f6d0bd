//! A server that answers as a test says: files beside which there are others,
//! bodies without an end.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::certificates::{Authority, Certificate};
use crate::fault::Gate;
use crate::record::{Journal, Place, Request};
use crate::wire::{Body, Pace, Response, Transport, listen, read_request, runtime, write_response};

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer(Response);

impl Answer {
    /// 200 with these bytes.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Response::new(200, Body::Bytes(bytes.into())))
    }

    /// A status with a line of text.
    pub fn status(status: u16) -> Self {
        Self(Response::text(status, "text/plain; charset=utf-8", format!("{status}\n")))
    }

    /// A redirect.
    pub fn redirect(location: &str) -> Self {
        Self(Response::redirect(302, location))
    }

    /// 200 with so many zeros.
    pub fn zeros(length: u64) -> Self {
        Self(Response::new(200, Body::Zeros(length)))
    }

    /// One more header.
    #[must_use]
    pub fn header(self, name: &str, value: impl Into<String>) -> Self {
        Self(self.0.header(name, value))
    }

    /// The same without a `Content-Length`.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        self.0.delivery.unsized_body = true;
        self
    }

    /// The same with a `Content-Length` that may be a lie.
    #[must_use]
    pub fn declaring(mut self, length: u64) -> Self {
        self.0.delivery.declared = Some(length);
        self
    }

    /// The same, but after so many bytes nothing comes until the gate opens.
    #[must_use]
    pub fn stalling(mut self, after: u64, gate: &Gate) -> Self {
        self.0.delivery.pace = Pace::StallAfter(after, gate.clone());
        self
    }
}

/// A server on loopback that ends with this value.
#[derive(Debug)]
pub struct ScriptedServer {
    _runtime: Runtime,
    url: String,
    authority: Option<Authority>,
    journal: Journal,
}

impl ScriptedServer {
    /// Answers each request with what `answer` makes of it.
    ///
    /// # Errors
    /// Where no port is to be had.
    pub fn start(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        Self::run(None, answer)
    }

    /// As [`ScriptedServer::start`], by https, for `localhost` and 127.0.0.1.
    ///
    /// # Errors
    /// As [`ScriptedServer::start`].
    pub fn encrypted(
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::run(Some(Authority::new(Certificate::trusted())?), answer)
    }

    fn run(
        authority: Option<Authority>,
        answer: impl Fn(&Request) -> Answer + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let runtime = runtime()?;
        let (journal, answer) = (Journal::new(), Arc::new(answer));
        let acceptor = authority.as_ref().map(Authority::acceptor);
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let asked = journal.clone();
        let address = listen(&runtime, 0, acceptor, move |transport| {
            serve(transport, asked.clone(), answer.clone())
        })?;
        let url = format!("{scheme}://127.0.0.1:{}", address.port());
        Ok(Self { _runtime: runtime, url, authority, journal })
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, authority)| authority)
    }

    /// The file with the authority that an encrypted one's clients are to trust.
    pub fn certificates(&self) -> Option<&Path> {
        self.authority.as_ref().map(Authority::pem)
    }

    /// What it was asked.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
}

async fn serve(
    mut transport: Box<dyn Transport>,
    journal: Journal,
    answer: Arc<impl Fn(&Request) -> Answer + Send + Sync>,
) {
    let transport = transport.as_mut();
    let mut carry = Vec::new();
    while let Ok(Some(incoming)) = read_request(transport, &mut carry).await {
        let entry = journal.begin(Place::Hub, &incoming);
        let Answer(response) = answer(&Request::new(Place::Hub, &incoming));
        entry.answered(response.status);
        let head_only = incoming.method == "HEAD";
        match write_response(transport, response, head_only, &entry).await {
            Ok(true) => entry.complete(),
            Ok(false) | Err(_) => return,
        }
        if !incoming.keeps_alive() {
            return;
        }
    }
}
