//! What a server was asked and what it sent, for tests to ask about.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::wire::Incoming;

/// How long a test waits for something that must happen before it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The part of the hub that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The endpoint: its API and its `resolve` addresses.
    Hub,
    /// The second origin, where large files lie.
    Cdn,
    /// The proxy.
    Proxy,
    /// A gateway in front of a real server.
    Gateway,
}

/// One request as it was received, and what was answered so far.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Who was asked.
    pub place: Place,
    /// `GET`, `HEAD`, `CONNECT`, …
    pub method: String,
    /// The request's target as it came: a percent-encoded path with its
    /// query; to a proxy a whole URL or `host:port`.
    pub target: String,
    /// In the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The status that was answered; `None` while there is no answer.
    pub status: Option<u16>,
    /// Bytes of body that were written to the connection.
    pub bytes_sent: u64,
    /// Whether the whole answer was written.
    pub complete: bool,
    /// The port that the client asked from, where that was written down: the
    /// same one is the same connection.
    pub client: Option<u16>,
}

impl Request {
    /// A request without an answer.
    pub(crate) fn new(place: Place, incoming: &Incoming) -> Self {
        Self {
            place,
            method: incoming.method.clone(),
            target: incoming.target.clone(),
            headers: incoming.headers.clone(),
            status: None,
            bytes_sent: 0,
            complete: false,
            client: None,
        }
    }

    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The `Range` header.
    pub fn range(&self) -> Option<&str> {
        self.header("range")
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// Whether a credential came with it.
    pub fn has_credential(&self) -> bool {
        SECRET_HEADERS.iter().any(|name| self.header(name).is_some())
    }
}

const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, method, target, status, bytes_sent, complete, .. } = self;
        write!(formatter, "{place:?} {method} {target}")?;
        if let Some(range) = self.range() {
            write!(formatter, " [{range}]")?;
        }
        if self.has_credential() {
            write!(formatter, " (with a credential)")?;
        }
        write!(formatter, " -> {status:?}, {bytes_sent} bytes, complete: {complete}")
    }
}

/// Every request of a server, in the order they came. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    records: Arc<Mutex<Records>>,
    changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Records {
    requests: Vec<Request>,
    /// How many were cleared: an entry's number stays its own.
    forgotten: usize,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self { records: Arc::default(), changes: watch::Sender::new(()) }
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// The requests for which `matches` holds.
    pub fn matching(&self, matches: impl Fn(&Request) -> bool) -> Vec<Request> {
        self.lock().requests.iter().filter(|request| matches(request)).cloned().collect()
    }

    /// The bytes of body sent to all requests whose path contains `part`:
    /// what a resume must not ask for again.
    pub fn bytes_sent(&self, part: &str) -> u64 {
        let records = self.lock();
        let matching = records.requests.iter().filter(|request| request.path().contains(part));
        matching.map(|request| request.bytes_sent).sum()
    }

    /// Forgets all requests, as before a second run. Answers still under way
    /// are no longer followed.
    pub fn clear(&self) {
        let mut records = self.lock();
        records.forgotten += records.requests.len();
        records.requests.clear();
    }

    /// Waits until `holds` is true of the requests.
    ///
    /// # Panics
    /// When that takes more than a minute.
    pub async fn wait_until(&self, holds: impl Fn(&[Request]) -> bool) {
        let mut changes = self.changes.subscribe();
        let waiting = async {
            while !holds(&self.lock().requests) {
                changes.changed().await.expect("the sender lives as long as the journal");
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(waited.is_ok(), "it did not happen; requests: {:#?}", self.requests());
    }

    /// [`Journal::wait_until`] for tests without a runtime.
    ///
    /// # Panics
    /// When that takes more than a minute, or inside an asynchronous test.
    pub fn block_until(&self, holds: impl Fn(&[Request]) -> bool) {
        block_on(self.wait_until(holds));
    }

    /// Writes down a request before it is answered.
    pub(crate) fn begin(&self, place: Place, incoming: &Incoming) -> Entry {
        let request = Request::new(place, incoming);
        let mut records = self.lock();
        let number = records.forgotten + records.requests.len();
        records.requests.push(request);
        drop(records);
        self.changes.send_replace(());
        Entry { journal: self.clone(), number }
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request's place in the journal while it is answered.
#[derive(Debug)]
pub(crate) struct Entry {
    journal: Journal,
    number: usize,
}

impl Entry {
    pub(crate) fn came_from(&self, client: Option<u16>) {
        self.change(|request| request.client = client);
    }

    pub(crate) fn answered(&self, status: u16) {
        self.change(|request| request.status = Some(status));
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.change(|request| request.bytes_sent += bytes);
    }

    pub(crate) fn complete(&self) {
        self.change(|request| request.complete = true);
    }

    fn change(&self, change: impl FnOnce(&mut Request)) {
        let mut records = self.journal.lock();
        if let Some(index) = self.number.checked_sub(records.forgotten)
            && let Some(request) = records.requests.get_mut(index)
        {
            change(request);
        }
        drop(records);
        self.journal.changes.send_replace(());
    }
}

/// Runs a future to its end on the calling thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime without sockets needs nothing that could be missing").block_on(future)
}
