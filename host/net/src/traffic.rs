//! What all requests of a door share: a meter, a limit of its rate, and how
//! many connections a host is asked for.

use std::collections::HashMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix_ai_model_core::origin::Origin;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// How much may come at once after a time without any, as time at the limit.
const BURST: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub(crate) struct Traffic {
    received: AtomicU64,
    trying: AtomicBool,
    rate: Option<Rate>,
    most: usize,
    hosts: Mutex<HashMap<Origin, Arc<Semaphore>>>,
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

/// The right to find out whether more connections bring more: of one transfer
/// at a time, or each would take the other's for its own.
#[derive(Debug)]
pub(crate) struct Trial<'a>(&'a Traffic);

impl Traffic {
    pub(crate) fn new(rate: Option<NonZeroU64>, connections: NonZeroUsize) -> Self {
        let rate = rate
            .map(|bytes_a_second| Rate { bytes_a_second, used_until: Mutex::new(Instant::now()) });
        Self {
            received: AtomicU64::new(0),
            trying: AtomicBool::new(false),
            rate,
            most: connections.get(),
            hosts: Mutex::default(),
        }
    }

    /// Counts bytes of a file that came, and waits where the limit asks for it.
    pub(crate) async fn count(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
        if let Some(wait) = self.rate.as_ref().and_then(|rate| rate.take(bytes)) {
            sleep_until(wait).await;
        }
    }

    /// Bytes of files that came since the door was opened.
    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
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

    pub(crate) fn trial(&self) -> Option<Trial<'_>> {
        (!self.trying.swap(true, Ordering::AcqRel)).then_some(Trial(self))
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.0.trying.store(false, Ordering::Release);
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

    #[test]
    fn one_transfer_at_a_time_tries() {
        let traffic = Traffic::new(None, NonZeroUsize::MIN);
        let trial = traffic.trial();
        assert!(trial.is_some() && traffic.trial().is_none());
        drop(trial);
        assert!(traffic.trial().is_some());
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
