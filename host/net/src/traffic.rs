//! What all requests of a door share: a meter, a limit of its rate, how many
//! connections a host is asked for, and how many bring large files.

mod pace;

use std::collections::HashMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix_ai_model_core::origin::Origin;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

use self::pace::{Pace, Sight};

/// How much may come at once after a time without any, as time at the limit.
const BURST: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Traffic {
    received: AtomicU64,
    rate: Option<Rate>,
    most: usize,
    hosts: Mutex<HashMap<Origin, Arc<Semaphore>>>,
    large: Mutex<Large>,
    /// A place may have become free.
    free: Notify,
}

/// How often the rate is looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

/// The large files that are on their way.
#[derive(Debug)]
struct Large {
    pace: Pace,
    connections: usize,
    /// Files that wait to be begun.
    waiting: usize,
    /// Bytes that are still to come.
    left: u64,
}

/// A large file's place among those that are on their way.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    traffic: &'a Traffic,
    connections: usize,
    left: u64,
}

/// A limit, and until when what came already has used it up.
#[derive(Debug)]
struct Rate {
    bytes_a_second: NonZeroU64,
    used_until: Mutex<Instant>,
}

/// A place among a host's connections.
#[derive(Debug)]
pub(crate) struct Permit {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Traffic {
    pub(crate) fn new(rate: Option<NonZeroU64>, connections: NonZeroUsize) -> Self {
        let rate = rate
            .map(|bytes_a_second| Rate { bytes_a_second, used_until: Mutex::new(Instant::now()) });
        Self {
            received: AtomicU64::new(0),
            rate,
            most: connections.get(),
            hosts: Mutex::default(),
            large: Mutex::new(Large {
                pace: Pace::new(Instant::now()),
                connections: 0,
                waiting: 0,
                left: 0,
            }),
            free: Notify::new(),
        }
    }

    /// Counts bytes of a file that came, and waits where the limit asks for it.
    pub(crate) async fn count(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
        if let Some(wait) = self.rate.as_ref().and_then(|rate| rate.take(bytes)) {
            sleep_until(wait).await;
        }
    }

    /// Waits until a large file may begin, of which `left` bytes are missing.
    pub(crate) async fn enter(&self, left: u64) -> Place<'_> {
        let mut place = Place { traffic: self, connections: 0, left };
        {
            let mut large = self.large();
            if large.connections == 0 {
                large.pace.begin(Instant::now());
            }
            large.left += left;
            large.waiting += 1;
        }
        // Also where nothing else moves there is somebody who looks.
        let waiting = Waiting(self);
        loop {
            let freed = self.free.notified();
            if place.claim(false) {
                drop(waiting);
                return place;
            }
            let _ = timeout(LOOK, freed).await;
            self.look();
        }
    }

    /// Looks whether more connections would bring more.
    pub(crate) fn look(&self) {
        let mut large = self.large();
        let sight = Sight {
            bytes: self.received.load(Ordering::Relaxed),
            left: large.left,
            waiting: large.waiting > 0,
        };
        large.pace.look(Instant::now(), sight);
    }

    fn large(&self) -> MutexGuard<'_, Large> {
        self.large.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place among the host's connections.
    pub(crate) async fn permit(&self, origin: &Origin) -> Permit {
        // Closed by nobody.
        Permit { _permit: self.host(origin).acquire_owned().await.ok() }
    }

    /// Whether the host may be asked for more connections at this moment.
    pub(crate) fn has_room(&self, origin: &Origin, more: usize) -> bool {
        self.host(origin).available_permits() >= more
    }

    fn host(&self, origin: &Origin) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let place = || Arc::new(Semaphore::new(self.most));
        hosts.entry(origin.clone()).or_insert_with(place).clone()
    }
}

impl Place<'_> {
    /// Takes one more connection, where there may be one. Files that wait come
    /// before `parts` of those that are on their way.
    pub(crate) fn claim(&mut self, parts: bool) -> bool {
        let mut large = self.traffic.large();
        let free = large.connections < large.pace.allowed() && !(parts && large.waiting > 0);
        if free {
            large.connections += 1;
            self.connections += 1;
        }
        free
    }

    /// Whether there are no more connections than there may be.
    pub(crate) fn is_allowed(&self) -> bool {
        let large = self.traffic.large();
        large.connections <= large.pace.allowed()
    }

    /// Connections beyond this number are gone.
    pub(crate) fn keep(&mut self, connections: usize) {
        let gone = self.connections.saturating_sub(connections.max(1));
        if gone > 0 {
            self.connections -= gone;
            self.traffic.large().connections -= gone;
            self.traffic.free.notify_waiters();
        }
    }

    /// Bytes of the file came.
    pub(crate) fn came(&mut self, bytes: usize) {
        let bytes = self.left.min(bytes as u64);
        self.left -= bytes;
        self.traffic.large().left -= bytes;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut large = self.traffic.large();
        large.connections -= self.connections;
        large.left -= self.left;
        drop(large);
        self.traffic.free.notify_waiters();
    }
}

/// A file that waits, also where its download is given up meanwhile.
struct Waiting<'a>(&'a Traffic);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.large().waiting -= 1;
    }
}

impl Rate {
    /// Until when to wait after these bytes.
    fn take(&self, bytes: usize) -> Option<Instant> {
        let now = Instant::now();
        let cost = Duration::from_secs_f64(bytes as f64 / self.bytes_a_second.get() as f64);
        let mut used_until = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = now.checked_sub(BURST).unwrap_or(now);
        *used_until = (*used_until).max(earliest) + cost;
        (*used_until > now).then_some(*used_until)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_limit_is_shared_and_allows_short_bursts() {
        let rate = Rate {
            bytes_a_second: NonZeroU64::new(1000).unwrap(),
            used_until: Mutex::new(Instant::now()),
        };
        let began = Instant::now();
        for _ in 0..50 {
            let _ = rate.take(100);
        }
        let until = rate.take(0).unwrap();
        let waited = until.duration_since(began);
        assert!(waited >= Duration::from_millis(4900) && waited <= Duration::from_secs(6));
    }

    impl Traffic {
        /// Connections, files that wait, bytes that are to come.
        fn seen(&self) -> (usize, usize, u64) {
            let large = self.large();
            (large.connections, large.waiting, large.left)
        }
    }

    #[tokio::test]
    async fn large_files_begin_one_by_one_and_wait_no_longer_than_needed() {
        let traffic = Traffic::new(None, NonZeroUsize::MIN);
        let mut first = traffic.enter(10).await;
        assert!(!first.claim(true), "one connection until more bring more");
        let second = traffic.enter(10);
        tokio::pin!(second);
        assert!(timeout(Duration::ZERO, &mut second).await.is_err());
        assert_eq!(traffic.seen(), (1, 1, 20));
        first.came(4);
        drop(first);
        drop(second.await);
        assert_eq!(traffic.seen(), (0, 0, 0));
    }

    #[tokio::test]
    async fn a_file_that_brings_nothing_lets_others_begin() {
        let traffic = Traffic::new(None, NonZeroUsize::MIN);
        let _stalled = traffic.enter(10).await;
        let second = timeout(Duration::from_secs(20), traffic.enter(10)).await;
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn one_that_is_given_up_while_it_waits_is_forgotten() {
        let traffic = Traffic::new(None, NonZeroUsize::MIN);
        let first = traffic.enter(10).await;
        assert!(timeout(Duration::ZERO, traffic.enter(5)).await.is_err());
        assert_eq!(traffic.seen(), (1, 0, 10));
        drop(first);
    }

    #[tokio::test]
    async fn a_host_has_so_many_places() {
        let traffic = Traffic::new(None, NonZeroUsize::new(2).unwrap());
        let (one, other): (Origin, Origin) =
            ("https://a.example".parse().unwrap(), "https://b.example".parse().unwrap());
        let held = (traffic.permit(&one).await, traffic.permit(&one).await);
        assert!(!traffic.has_room(&one, 1) && traffic.has_room(&other, 2));
        drop(held.0);
        assert!(traffic.has_room(&one, 1));
    }
}
