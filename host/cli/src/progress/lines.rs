use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::HumanBytes;
use nix_ai_model_core::ports::{Event, Reporter};

use super::rate::Rate;

/// How often a log gets a line.
const PERIOD: Duration = Duration::from_secs(5);

/// A line when the download begins, one every few seconds, one at the end.
pub(super) struct Lines(Mutex<State>);

struct State {
    source: String,
    files: usize,
    verified: usize,
    size: u64,
    done: u64,
    each: HashMap<usize, u64>,
    last: Instant,
    rate: Rate,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            source: String::new(),
            files: 0,
            verified: 0,
            size: 0,
            done: 0,
            each: HashMap::new(),
            last: Instant::now(),
            rate: Rate::default(),
        }))
    }
}

impl State {
    fn set(&mut self, file: usize, done: u64) {
        let before = self.each.insert(file, done).unwrap_or(0);
        self.done = self.done.saturating_sub(before).saturating_add(done);
    }

    fn summary(&mut self) -> String {
        let pace = self.rate.told(self.done, self.size.saturating_sub(self.done));
        format!(
            "{}: {} of {}, {} of {} files verified{pace}",
            self.source,
            HumanBytes(self.done),
            HumanBytes(self.size.max(self.done)),
            self.verified,
            self.files
        )
    }
}

impl Reporter for Lines {
    fn event(&self, event: Event<'_>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = match event {
            Event::Resolving(_) => None,
            Event::Planned(plan) => {
                state.source.clone_from(&plan.source);
                (state.files, state.size) = (plan.files.len(), plan.total_size);
                Some(format!("{}: {} files, {}", plan.source, state.files, HumanBytes(state.size)))
            }
            Event::Started { file, resumed } => {
                state.set(file, resumed);
                state.rate.resume(resumed);
                (resumed > 0)
                    .then(|| format!("{}: {} are here already", state.source, HumanBytes(resumed)))
            }
            Event::Progress { file, done, .. } => {
                state.set(file, done);
                let due = state.last.elapsed() >= PERIOD;
                due.then(|| state.summary())
            }
            Event::Retrying { what, reason, wait } => Some(super::retrying(what, reason, wait)),
            Event::Verified { .. } => {
                state.verified += 1;
                (state.verified == state.files).then(|| state.summary())
            }
            Event::Note(text) => Some(text.to_owned()),
        };
        if let Some(line) = line {
            state.last = Instant::now();
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }
}
