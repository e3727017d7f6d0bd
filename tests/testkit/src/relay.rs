//! A stretch of network in front of any server, whose connections break.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;

/// Leads to a server on loopback, and can break connections on the way.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Bytes from the server after which a connection breaks.
    after: AtomicU64,
    /// Connections that are still to break.
    breaks: AtomicUsize,
    /// Connections that broke.
    broken: AtomicUsize,
}

impl Relay {
    /// To the server at `url`, `http://127.0.0.1:port`.
    ///
    /// # Errors
    /// Where no port is to be had, or the URL has none.
    pub fn start(url: &str) -> io::Result<Self> {
        let port = url.trim_end_matches('/').rsplit(':').next().and_then(|port| port.parse().ok());
        let port: u16 = port.ok_or_else(|| io::Error::other("the URL names no port"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let relay = Self { address, shared: shared.clone() };
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = shared.clone();
                // A connection that fails is seen by the client.
                thread::spawn(move || connect(client, port, &shared));
            }
        });
        Ok(relay)
    }

    /// Where clients reach the server through it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, `times` connections break after so many bytes from the
    /// server each; shorter ones do not count.
    pub fn break_after(&self, bytes: u64, times: usize) {
        self.shared.after.store(bytes, Ordering::SeqCst);
        self.shared.breaks.store(times, Ordering::SeqCst);
    }

    /// How many connections broke so far.
    pub fn broken(&self) -> usize {
        self.shared.broken.load(Ordering::SeqCst)
    }
}

impl Shared {
    /// Whether a connection that has carried so many bytes breaks now.
    fn breaks(&self, carried: u64) -> bool {
        let due = carried >= self.after.load(Ordering::SeqCst)
            && self
                .breaks
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                .is_ok();
        if due {
            self.broken.fetch_add(1, Ordering::SeqCst);
        }
        due
    }
}

fn connect(client: TcpStream, port: u16, shared: &Shared) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        to_server.shutdown(Shutdown::Write)
    });
    carry(server, client, shared)
}

fn carry(mut server: TcpStream, mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut buffer = [0; 16 << 10];
    let mut carried = 0;
    loop {
        let count = server.read(&mut buffer)?;
        carried += count as u64;
        if count == 0 || shared.breaks(carried) {
            client.shutdown(Shutdown::Both)?;
            return server.shutdown(Shutdown::Both);
        }
        client.write_all(&buffer[..count])?;
    }
}
