//! Repositories by the real `git http-backend`, behind a small server of our
//! own that runs it for every request, and an LFS server behind the same origin.

mod backend;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::runtime::Runtime;

use crate::fault::Fault;
use crate::lfs_server::LfsServer;
use crate::record::{Journal, Place};
use crate::wire::{self, Incoming, Response, Transport, decode, read_request, write_response};

/// The repositories below a folder, served until this is dropped.
///
/// ```no_run
/// use nix_ai_model_testkit::GitServer;
///
/// // /srv/org/name.git is a bare repository.
/// if let Some(server) = GitServer::builder("/srv").login("user", "word").start()? {
///     println!("git clone {}/org/name.git", server.url());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct GitServer {
    state: Arc<State>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

/// What a server is to be.
#[derive(Debug)]
#[must_use]
pub struct GitServerBuilder {
    state: State,
}

#[derive(Debug)]
pub(crate) struct State {
    root: PathBuf,
    /// The `Authorization` that is wanted.
    login: Option<String>,
    /// Whether the header that asks for protocol 2 is passed on.
    protocol: bool,
    /// The port of the LFS server behind this one.
    lfs: Option<u16>,
    faults: Mutex<Vec<Fault>>,
    journal: Journal,
}

impl GitServerBuilder {
    /// Answers 401 to whoever does not bring this login.
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.state.login = Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        self
    }

    /// As a server that is too old, or behind a proxy that drops the header.
    pub fn without_protocol_2(mut self) -> Self {
        self.state.protocol = false;
        self
    }

    /// Passes `…/info/lfs/…` and `…/objects/storage/…` on to an LFS server, as a
    /// forge does.
    pub fn lfs(mut self, server: &LfsServer) -> Self {
        self.state.lfs = Some(server.port());
        self
    }

    /// Begins to serve; `None` where git has no `http-backend`.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start(self) -> io::Result<Option<GitServer>> {
        if !backend::is_there() {
            return Ok(None);
        }
        let state = Arc::new(self.state);
        let runtime = wire::runtime()?;
        let served = state.clone();
        let address =
            wire::listen(&runtime, 0, None, move |transport| serve(transport, served.clone()))?;
        Ok(Some(GitServer { state, address, runtime: Some(runtime) }))
    }
}

impl GitServer {
    /// A server of the bare repositories below `root`, still to be described.
    pub fn builder(root: impl AsRef<Path>) -> GitServerBuilder {
        let root = root.as_ref().to_owned();
        let (faults, journal) = (Mutex::default(), Journal::new());
        let state = State { root, login: None, protocol: true, lfs: None, faults, journal };
        GitServerBuilder { state }
    }

    /// Its origin, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked of it.
    pub fn journal(&self) -> &Journal {
        &self.state.journal
    }

    /// Lets something go wrong from now on.
    pub fn inject(&self, fault: Fault) {
        self.state.faults().push(fault);
    }

    /// Takes all faults back.
    pub fn heal(&self) {
        self.state.faults().clear();
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl State {
    fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(mut transport: Box<dyn Transport>, state: Arc<State>) {
    let transport = transport.as_mut();
    let mut carry = Vec::new();
    while let Ok(Some(incoming)) = read_request(transport, &mut carry).await {
        let entry = state.journal.begin(Place::Hub, &incoming);
        let response = answer(&state, &incoming).await;
        entry.answered(response.status);
        match write_response(transport, response, incoming.method == "HEAD", &entry).await {
            Ok(true) => entry.complete(),
            Ok(false) | Err(_) => return,
        }
        if !incoming.keeps_alive() {
            return;
        }
    }
}

async fn answer(state: &State, incoming: &Incoming) -> Response {
    let mut response = right_answer(state, incoming).await;
    let paths = [incoming.path().to_owned(), decode(incoming.path()).unwrap_or_default()];
    for fault in state.faults().iter_mut() {
        if fault.strikes(Place::Hub, incoming, &paths, &response) {
            match fault.instead_of(incoming) {
                Some(other) => return other,
                None => fault.spoil(&mut response),
            }
        }
    }
    response
}

async fn right_answer(state: &State, incoming: &Incoming) -> Response {
    let path = incoming.path();
    // What an LFS server hands out needs no login: the address is the secret.
    let handed_out = path.contains("/objects/storage/");
    if state.login.is_some()
        && incoming.header("authorization") != state.login.as_deref()
        && !handed_out
    {
        return Response::text(401, "text/plain", "who are you?")
            .header("WWW-Authenticate", "Basic realm=\"git\"");
    }
    let answered = match state.lfs {
        Some(port) if handed_out || path.contains("/info/lfs/") => {
            backend::forwarded(port, incoming).await
        }
        _ => backend::run(&state.root, state.protocol, incoming).await,
    };
    answered.unwrap_or_else(|error| Response::text(500, "text/plain", error.to_string()))
}
