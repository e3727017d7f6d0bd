use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix_ai_model_core::ports::{Event, Reporter};
use serde_json::{Value, json};

/// A file's progress is told this often, and when it is all here.
const PERIOD: Duration = Duration::from_millis(250);

/// Every event as a JSON object on a line of its own. Sizes and positions are in
/// bytes.
pub(super) struct Events(Mutex<State>);

#[derive(Default)]
struct State {
    paths: Vec<String>,
    told: HashMap<usize, Instant>,
}

impl Events {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }
}

impl State {
    fn path(&self, file: usize) -> &str {
        self.paths.get(file).map_or("", String::as_str)
    }

    /// What is told of an event.
    fn told(&mut self, event: Event<'_>) -> Option<Value> {
        Some(match event {
            Event::Resolving(source) => json!({"event": "resolving", "source": source}),
            Event::Planned(plan) => {
                self.paths = plan.files.iter().map(|file| file.path.to_string()).collect();
                json!({
                    "event": "planned", "source": plan.source, "pin": plan.pin,
                    "files": plan.files.len(), "totalSize": plan.total_size,
                })
            }
            Event::Started { file, resumed } => {
                json!({"event": "started", "file": self.path(file), "resumed": resumed})
            }
            Event::Progress { file, done, total } => {
                let due = |told: &Instant| told.elapsed() >= PERIOD;
                if Some(done) != total && !self.told.get(&file).is_none_or(due) {
                    return None;
                }
                self.told.insert(file, Instant::now());
                json!({"event": "progress", "file": self.path(file), "done": done, "total": total})
            }
            Event::Retrying { what, reason, wait } => json!({
                "event": "retrying", "what": what, "reason": reason, "seconds": wait.as_secs_f64(),
            }),
            Event::Verified { file } => {
                self.told.remove(&file);
                json!({"event": "verified", "file": self.path(file)})
            }
            Event::Note(text) => json!({"event": "note", "text": text}),
        })
    }
}

impl Reporter for Events {
    fn event(&self, event: Event<'_>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = state.told(event) {
            let _ = writeln!(std::io::stderr().lock(), "{value}");
        }
    }
}
