//! Everything that goes wrong with a server, at the seed's choice.

mod trouble;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trouble::Right;
pub use trouble::Trouble;

use crate::dice::Dice;
use crate::fault::{Fault, Gate};
use crate::record::Place;
use crate::wire::{Incoming, Response};

/// A storm over a hub. What strikes a request follows from the seed, the
/// request's path and how many requests of that path came before it, so that
/// the order of files that are fetched side by side does not matter. Cheap to
/// clone; clones are the same storm.
///
/// ```no_run
/// # use nix_ai_model_testkit::{Hub, Repository, Storm, Trouble};
/// let storm = Storm::new(7, Trouble::ALL.to_vec(), 40);
/// let model = Repository::model("org/name", "/tmp/files");
/// let hub = Hub::builder().repository(model).storm(storm.clone()).start()?;
/// // … download …
/// println!("{:?}", storm.struck());
/// storm.calm();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Storm(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    seed: u64,
    troubles: Vec<Trouble>,
    percent: u64,
    calm: AtomicBool,
    /// Where stalled answers wait until it is calm.
    gate: Gate,
    connections: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    paths: HashMap<String, Path>,
    struck: Vec<Strike>,
}

/// What is known of one path.
#[derive(Debug, Default)]
struct Path {
    requests: u64,
    /// What strikes the next requests too, and how many.
    lasting: Option<(Trouble, u64)>,
    changed: bool,
}

/// A trouble that struck.
#[derive(Clone, PartialEq, Eq)]
pub struct Strike {
    /// Which one.
    pub trouble: Trouble,
    /// The path that was asked for; of a connection `connection`.
    pub path: String,
    /// Which request of that path it was, from 0.
    pub request: u64,
}

impl fmt::Debug for Strike {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} at {}#{}", self.trouble, self.path, self.request)
    }
}

/// How a connection is received where TLS is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Greeting {
    Trusted,
    Cut,
    Stranger,
}

impl Storm {
    /// These troubles, each request being struck so many times in a hundred.
    pub fn new(seed: u64, troubles: Vec<Trouble>, percent: u64) -> Self {
        Self(Arc::new(Shared {
            seed,
            troubles,
            percent,
            calm: AtomicBool::new(false),
            gate: Gate::new(),
            connections: AtomicU64::new(0),
            state: Mutex::default(),
        }))
    }

    /// Ends it: all is well from now on, and what changed is as it was.
    pub fn calm(&self) {
        self.0.calm.store(true, Ordering::SeqCst);
        self.0.gate.open();
    }

    /// What struck so far, in order.
    pub fn struck(&self) -> Vec<Strike> {
        self.state().struck.clone()
    }

    /// The faults of this request, whose right answer would be `right`.
    pub(crate) fn faults(
        &self,
        place: Place,
        incoming: &Incoming,
        paths: &[String],
        right: &Response,
    ) -> Vec<Fault> {
        if self.is_calm() {
            return Vec::new();
        }
        let path = paths.last().map_or_else(|| incoming.path(), String::as_str);
        let name = format!("{place:?} {path}");
        let mut state = self.state();
        let known = state.paths.entry(name.clone()).or_default();
        let request = known.requests;
        known.requests += 1;
        let mut dice = Dice::of(self.0.seed, &format!("{name}#{request}"));
        let right = Right { place, incoming, response: right };
        let lasting = known.lasting.filter(|(_, left)| *left > 0);
        let trouble = match lasting {
            Some((trouble, left)) => {
                known.lasting = Some((trouble, left - 1));
                Some(trouble)
            }
            None => dice.chance(self.0.percent).then(|| dice.pick(&self.0.troubles)).inspect(
                |trouble| {
                    known.lasting = Some((*trouble, trouble.lasts(&mut dice)));
                },
            ),
        };
        let trouble = trouble.filter(|trouble| trouble.fits(&right));
        known.changed |= trouble == Some(Trouble::Changed) && right.is_content();
        let mut faults = Vec::new();
        let mut strike = |trouble: Trouble, fault: Option<Fault>| {
            let strikes =
                fault.filter(|fault| fault.clone().strikes(place, incoming, paths, right.response));
            strikes.map(|fault| {
                faults.push(fault);
                Strike { trouble, path: path.to_owned(), request }
            })
        };
        // A file that changed stays so, whatever else strikes.
        let changed = (known.changed && right.is_content())
            .then(|| strike(Trouble::Changed, self.changed(path, &right)))
            .flatten();
        let other = trouble
            .filter(|trouble| *trouble != Trouble::Changed)
            .and_then(|trouble| strike(trouble, trouble.fault(&mut dice, &self.0.gate, &right)));
        state.struck.extend(changed.into_iter().chain(other));
        faults
    }

    /// The same change for every request of a path.
    fn changed(&self, path: &str, right: &Right<'_>) -> Option<Fault> {
        let mut dice = Dice::of(self.0.seed, &format!("change of {path}"));
        Trouble::Changed.fault(&mut dice, &self.0.gate, right)
    }

    /// How the next connection is received.
    pub(crate) fn greeting(&self) -> Greeting {
        let number = self.0.connections.fetch_add(1, Ordering::SeqCst);
        let mut dice = Dice::of(self.0.seed, &format!("connection#{number}"));
        if self.is_calm() || !dice.chance(self.0.percent) {
            return Greeting::Trusted;
        }
        let trouble = dice.pick(&self.0.troubles);
        let greeting = match trouble {
            Trouble::HandshakeCut => Greeting::Cut,
            Trouble::Stranger => Greeting::Stranger,
            _ => return Greeting::Trusted,
        };
        let path = "connection".to_owned();
        self.state().struck.push(Strike { trouble, path, request: number });
        greeting
    }

    fn is_calm(&self) -> bool {
        self.0.calm.load(Ordering::SeqCst) || self.0.troubles.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
