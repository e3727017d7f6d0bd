//! What is fetched again after a kill, counted at the server.

use std::collections::HashMap;
use std::fs;
use std::io;

use nix_ai_model_core::journal::BLOCK;
use nix_ai_model_testkit::{Hub, Request};

/// How many bytes of a connection the program may hold without having them on
/// disk: the blocks in which it writes partials.
const CHUNK: u64 = BLOCK as u64;
/// What its HTTP client reads ahead of that.
const IN_HAND: u64 = 512 << 10;

/// Bytes of a file that a program received, by the server's count.
#[derive(Debug, Default)]
struct Received {
    /// First byte, and the one after the last.
    parts: Vec<(u64, u64)>,
    /// Connections that were still at it.
    connections: u64,
}

/// What a program had received when it was frozen.
#[derive(Debug)]
pub(crate) struct Ledger(HashMap<String, Received>);

/// What was fetched again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Again {
    /// Bytes of all files.
    pub(crate) bytes: u64,
    /// The most for one connection.
    pub(crate) most: u64,
}

impl Ledger {
    /// Takes stock of a frozen program. What the server wrote and the program
    /// did not read yet lies in the sockets, and is not counted.
    pub(crate) fn of(hub: &Hub) -> io::Result<Self> {
        let requests = contents(hub);
        let waiting = waiting()?;
        let mut last: HashMap<u16, usize> = HashMap::new();
        for (number, request) in requests.iter().enumerate() {
            last.extend(request.client.map(|client| (client, number)));
        }
        let mut files: HashMap<String, Received> = HashMap::new();
        for (number, request) in requests.iter().enumerate() {
            let unread = request
                .client
                .filter(|client| last.get(client) == Some(&number))
                .and_then(|client| waiting.get(&client).copied())
                .unwrap_or_default();
            let Some((first, end)) = part(request) else { continue };
            let end = first.max(end.saturating_sub(unread));
            let file = files.entry(request.path().to_owned()).or_default();
            file.parts.push((first, end));
            file.connections += u64::from(!request.complete);
        }
        Ok(Self(files))
    }

    /// Holds a later run against it; `since` is how many requests came before.
    pub(crate) fn compare(&self, hub: &Hub, since: usize) -> Result<Again, String> {
        let mut again = Again::default();
        let mut files: HashMap<&str, u64> = HashMap::new();
        let requests = hub.journal().requests();
        let later: Vec<Request> = requests.into_iter().skip(since).filter(is_content).collect();
        for request in &later {
            let (Some(known), Some((first, end))) = (self.0.get(request.path()), part(request))
            else {
                continue;
            };
            let both = |(from, to): &(u64, u64)| (*to).min(end).saturating_sub((*from).max(first));
            *files.entry(request.path()).or_default() += known.parts.iter().map(both).sum::<u64>();
        }
        let mut wrong = Vec::new();
        for (path, bytes) in files {
            let connections = self.0[path].connections.max(1);
            again.bytes += bytes;
            again.most = again.most.max(bytes / connections);
            if bytes > connections * (CHUNK + IN_HAND) {
                wrong.push(format!(
                    "{bytes} bytes of {path} were fetched again, of {connections} connections"
                ));
            }
        }
        if wrong.is_empty() { Ok(again) } else { Err(wrong.join("; ")) }
    }
}

/// Requests that were answered with bytes of files.
fn contents(hub: &Hub) -> Vec<Request> {
    hub.journal().matching(is_content)
}

/// Bytes of files that were sent.
pub(crate) fn sent(hub: &Hub) -> u64 {
    contents(hub).iter().map(|request| request.bytes_sent).sum()
}

fn is_content(request: &Request) -> bool {
    let path = request.path();
    let file = path.contains("/resolve") || path.starts_with("/repos/");
    file && matches!(request.status, Some(200 | 206))
}

/// The first byte that an answer has, and the one after the last that was sent.
fn part(request: &Request) -> Option<(u64, u64)> {
    let first = match (request.status?, request.range()) {
        (206, Some(range)) => range.strip_prefix("bytes=")?.split('-').next()?.parse().ok()?,
        _ => 0,
    };
    Some((first, first + request.bytes_sent))
}

/// Bytes that wait in sockets of loopback, by the client's port: sent and not
/// acknowledged, or received and not read.
fn waiting() -> io::Result<HashMap<u16, u64>> {
    let mut waiting = HashMap::new();
    for line in fs::read_to_string("/proc/net/tcp")?.lines().skip(1) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, local, remote, _, queues, ..] = fields.as_slice() else { continue };
        let port = |address: &str| {
            u16::from_str_radix(address.rsplit(':').next().unwrap_or_default(), 16).ok()
        };
        let Some((unsent, unread)) = queues.split_once(':') else { continue };
        let number = |text| u64::from_str_radix(text, 16).unwrap_or_default();
        // The same connection is listed once for each end.
        for (port, bytes) in [(port(local), number(unread)), (port(remote), number(unsent))] {
            if let Some(port) = port {
                *waiting.entry(port).or_default() += bytes;
            }
        }
    }
    Ok(waiting)
}
