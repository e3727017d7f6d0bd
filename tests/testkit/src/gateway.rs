//! A gateway in front of a real server: what goes wrong on the way to it, and a
//! record of what it was asked. Where it is told to, it hands out the tokens
//! that a registry of containers sends its clients for.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::Runtime;

use crate::fault::Fault;
use crate::oci_registry::OciRegistry;
use crate::record::{Journal, Place};
use crate::token::Tokens;
use crate::wire::{self, Incoming, Response, Transport, decode, read_request, write_response};

/// A running gateway, plain HTTP on a free port. It serves until it is dropped.
#[derive(Debug)]
pub struct Gateway {
    shared: Arc<Shared>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

#[derive(Debug)]
struct Shared {
    /// Host and port of the real server.
    server: OnceLock<String>,
    tokens: Option<Tokens>,
    journal: Journal,
    faults: Mutex<Vec<Fault>>,
}

impl Gateway {
    /// A gateway to the server at `authority`, its host and port.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn to(authority: &str) -> io::Result<Self> {
        let gateway = Self::start(None)?;
        gateway.lead_to(authority);
        Ok(gateway)
    }

    /// A gateway that hands out tokens at `/token`, and leads nowhere yet.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn with_tokens(tokens: Tokens) -> io::Result<Self> {
        Self::start(Some(tokens))
    }

    fn start(tokens: Option<Tokens>) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            server: OnceLock::new(),
            tokens,
            journal: Journal::new(),
            faults: Mutex::default(),
        });
        let runtime = wire::runtime()?;
        let serving = shared.clone();
        let address = wire::listen(&runtime, 0, None, move |transport| {
            let shared = serving.clone();
            async move { shared.serve(transport).await }
        })?;
        Ok(Self { shared, address, runtime: Some(runtime) })
    }

    /// Leads to the server at `authority` from now on.
    pub fn lead_to(&self, authority: &str) {
        self.shared.server.get_or_init(|| authority.to_owned());
    }

    /// A registry that sends its clients to `realm` for this gateway's tokens;
    /// `None` where the program is not installed.
    ///
    /// # Errors
    /// Where it does not start, or the gateway has no tokens.
    pub fn registry(&self, realm: &str) -> io::Result<Option<OciRegistry>> {
        OciRegistry::with_tokens(realm, self.tokens()?)
    }

    /// A token for these actions (`pull`, `push`) on a repository.
    ///
    /// # Errors
    /// Where the gateway has none.
    pub fn token(&self, repository: &str, actions: &[&str]) -> io::Result<String> {
        self.tokens()?.token(repository, actions)
    }

    fn tokens(&self) -> io::Result<&Tokens> {
        self.shared.tokens.as_ref().ok_or_else(|| io::Error::other("this gateway has no tokens"))
    }

    /// Host and port.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked, in order.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Lets something go wrong from now on. Faults add up.
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().push(fault);
    }

    /// Takes all faults back.
    pub fn heal(&self) {
        self.shared.faults().clear();
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    async fn serve(&self, mut transport: Box<dyn Transport>) {
        let transport = transport.as_mut();
        let mut carry = Vec::new();
        while let Ok(Some(incoming)) = read_request(transport, &mut carry).await {
            let entry = self.journal.begin(Place::Gateway, &incoming);
            let response = self.answer(&incoming).await;
            entry.answered(response.status);
            let head_only = incoming.method == "HEAD";
            match write_response(transport, response, head_only, &entry).await {
                Ok(true) => entry.complete(),
                // The fault or the client ended it.
                Ok(false) | Err(_) => return,
            }
            if !incoming.keeps_alive() {
                return;
            }
        }
    }

    async fn answer(&self, incoming: &Incoming) -> Response {
        if let Some(tokens) = self.tokens.as_ref().filter(|_| incoming.path() == "/token") {
            return tokens.answer(incoming);
        }
        let mut right = self.forward(incoming).await;
        let mut paths = vec![incoming.path().to_owned()];
        paths.extend(decode(incoming.path()));
        for fault in self.faults().iter_mut() {
            if fault.strikes(Place::Gateway, incoming, &paths, &right) {
                match fault.instead_of(incoming) {
                    Some(other) => return other,
                    None => fault.spoil(&mut right),
                }
            }
        }
        right
    }

    async fn forward(&self, incoming: &Incoming) -> Response {
        let Some(server) = self.server.get() else {
            return Response::text(503, "text/plain", "this gateway leads nowhere yet");
        };
        let Incoming { method, target, headers, behind, .. } = incoming;
        wire::ask(server, method, target, headers, behind)
            .await
            .unwrap_or_else(|error| Response::text(502, "text/plain", error.to_string()))
    }

    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
