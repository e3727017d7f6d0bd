//! A connection that breaks: passes on to a real server, and cuts or holds its
//! answers to some requests.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What happens to an answer after so many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Both ends are closed.
    Close,
    /// Nothing more comes until the relay is dropped.
    Hold,
}

/// A running relay that ends with this value.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    needle: String,
    after: u64,
    left: AtomicUsize,
    cut: Cut,
    /// The `Range` of each request that was meant, and whether it is over.
    state: Mutex<(Vec<String>, bool)>,
    changed: Condvar,
}

impl Relay {
    /// In front of the server at this URL. The first `times` answers to
    /// requests whose head holds `needle` are cut after so many bytes.
    ///
    /// # Errors
    /// Where no port can be had.
    pub fn start(url: &str, needle: &str, after: u64, times: usize, cut: Cut) -> io::Result<Self> {
        let authority = url.strip_prefix("http://").unwrap_or(url);
        let upstream = authority.split('/').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            needle: needle.to_owned(),
            after,
            left: AtomicUsize::new(times),
            cut,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let own = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if own.locked().1 {
                    return;
                }
                let shared = own.clone();
                thread::spawn(move || shared.serve(client));
            }
        });
        Ok(Self { address, shared })
    }

    /// The relay's address, with the path that the server's URL has.
    pub fn url(&self, url: &str) -> String {
        let authority = url.strip_prefix("http://").unwrap_or(url);
        let path = authority.find('/').map_or("", |at| &authority[at..]);
        format!("http://{}{path}", self.address)
    }

    /// The `Range` headers of the requests that were meant, in order.
    pub fn ranges(&self) -> Vec<String> {
        self.shared.locked().0.clone()
    }

    /// Waits until so many requests were meant.
    pub fn block_until(&self, count: usize) {
        let mut state = self.shared.locked();
        while state.0.len() < count {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.locked().1 = true;
        self.shared.changed.notify_all();
        // The listener looks up.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, (Vec<String>, bool)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self: Arc<Self>, client: TcpStream) {
        let Ok(server) = TcpStream::connect(&self.upstream) else { return };
        let (Ok(asking), Ok(answering)) = (client.try_clone(), server.try_clone()) else { return };
        let armed = Arc::new(AtomicBool::new(false));
        let (shared, flag) = (self.clone(), armed.clone());
        thread::spawn(move || {
            let _ = shared.ask(asking, server, &flag);
        });
        let _ = self.answer(answering, client, &armed);
    }

    /// Client to server, one head a packet, as all clients send small ones.
    fn ask(&self, mut from: TcpStream, mut to: TcpStream, armed: &AtomicBool) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return to.shutdown(Shutdown::Write);
            }
            let head = String::from_utf8_lossy(&buffer[..read]);
            if head.starts_with("GET ") && head.contains(&self.needle) {
                let left = self
                    .left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                armed.store(left.is_ok(), Ordering::SeqCst);
                let range = head
                    .lines()
                    .filter_map(|line| line.split_once(": "))
                    .find(|(name, _)| name.eq_ignore_ascii_case("range"))
                    .map(|(_, value)| value.to_owned());
                self.locked().0.push(range.unwrap_or_default());
                self.changed.notify_all();
            }
            to.write_all(&buffer[..read])?;
        }
    }

    fn answer(&self, mut from: TcpStream, mut to: TcpStream, armed: &AtomicBool) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        let mut sent = 0;
        loop {
            let read = from.read(&mut buffer)?;
            if read == 0 {
                return to.shutdown(Shutdown::Both);
            }
            to.write_all(&buffer[..read])?;
            if !armed.load(Ordering::SeqCst) {
                continue;
            }
            sent += read as u64;
            if sent >= self.after {
                self.hold();
                let _ = from.shutdown(Shutdown::Both);
                return to.shutdown(Shutdown::Both);
            }
        }
    }

    fn hold(&self) {
        let mut state = self.locked();
        while self.cut == Cut::Hold && !state.1 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
