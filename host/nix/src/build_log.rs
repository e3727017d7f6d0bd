//! Progress in Nix's build log.
//!
//! A builder that writes lines `@nix {json}` to its standard error is heard by
//! Nix itself. Of a builder's activities Nix takes file transfers alone; it
//! adds up what they have done and what they expect to do, so the whole is told
//! as an expectation of one that moves nothing itself.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use nix_ai_model_core::origin::shown;
use nix_ai_model_core::plan::{Locator, Plan, PlannedFile};
use nix_ai_model_core::ports::{Event, Reporter};
use nix_ai_model_core::text::escape;
use serde_json::{Value, json};

const FILE_TRANSFER: u64 = 101;
const PROGRESS: u64 = 105;
const SET_EXPECTED: u64 = 106;
const WARN: u64 = 1;
const INFO: u64 = 3;
/// The activity that expects the whole.
const WHOLE: usize = 1;
/// A file's progress is told after so many bytes, or this part of its size.
const STEP: u64 = 1 << 20;
const PART: u64 = 128;

/// Writes what happens as Nix's build-log protocol.
///
/// Every line is written by one call, so that lines of several tasks do not
/// mix. Where the log cannot be written the build goes on.
#[derive(Debug)]
pub struct BuildLog<W>(Mutex<State<W>>);

#[derive(Debug)]
struct State<W> {
    out: W,
    /// Path, URL and size of each planned file.
    files: Vec<(String, String, Option<u64>)>,
    /// Bytes last told of the files under way.
    told: HashMap<usize, u64>,
    verified: usize,
}

impl<W: Write> BuildLog<W> {
    /// A log that goes to `out`: the builder's standard error.
    pub fn new(out: W) -> Self {
        Self(Mutex::new(State { out, files: Vec::new(), told: HashMap::new(), verified: 0 }))
    }

    /// What it writes to.
    pub fn into_inner(self) -> W {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).out
    }
}

impl<W: Write + Send> Reporter for BuildLog<W> {
    fn event(&self, event: Event<'_>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Resolving(source) => state.phase(&format!("resolving {}", escape(source))),
            Event::Planned(plan) => state.plan(plan),
            Event::Started { file, resumed } => state.start_file(file, resumed),
            Event::Progress { file, done, total } => state.progress(file, done, total),
            Event::Verified { file } => state.verified(file),
            Event::Retrying { what, reason, wait } => state.message(
                WARN,
                &format!(
                    "{}: {}; trying again in {} s",
                    escape(what),
                    escape(reason),
                    wait.as_secs_f32().ceil()
                ),
            ),
            Event::Note(note) => state.message(INFO, &escape(note)),
        }
    }
}

impl<W: Write> State<W> {
    fn plan(&mut self, plan: &Plan) {
        self.phase("downloading");
        // A download that is tried again tells all of it again.
        for (file, _) in std::mem::take(&mut self.told) {
            self.stop(id(file));
        }
        self.verified = 0;
        self.files = plan.files.iter().map(describe).collect();
        let source = escape(&plan.source);
        self.start(WHOLE, &format!("downloading {source}"), &source);
        self.result(WHOLE, SET_EXPECTED, &[FILE_TRANSFER, plan.total_size]);
    }

    fn start_file(&mut self, file: usize, resumed: u64) {
        let Some((path, url, size)) = self.files.get(file).cloned() else { return };
        self.told.insert(file, resumed);
        self.start(id(file), &format!("downloading {path}"), &url);
        self.result(id(file), PROGRESS, &[resumed, size.unwrap_or(resumed), 0, 0]);
    }

    fn progress(&mut self, file: usize, done: u64, total: Option<u64>) {
        let Some(told) = self.told.get_mut(&file) else { return };
        let step = STEP.max(total.unwrap_or(0) / PART);
        if *told <= done && done - *told < step && Some(done) != total {
            return;
        }
        *told = done;
        self.result(id(file), PROGRESS, &[done, total.unwrap_or(done), 0, 0]);
    }

    fn verified(&mut self, file: usize) {
        // A file with the bytes of another is done without having begun.
        if !self.told.contains_key(&file) {
            self.start_file(file, self.files.get(file).and_then(|(_, _, size)| *size).unwrap_or(0));
        }
        if self.told.remove(&file).is_some() {
            self.stop(id(file));
            self.verified += 1;
            if self.verified == self.files.len() {
                self.stop(WHOLE);
            }
        }
    }

    fn start(&mut self, id: usize, text: &str, url: &str) {
        self.line(&json!({
            "action": "start", "id": id, "level": INFO, "type": FILE_TRANSFER,
            "text": text, "fields": [url], "parent": 0,
        }));
    }

    fn result(&mut self, id: usize, kind: u64, fields: &[u64]) {
        self.line(&json!({"action": "result", "id": id, "type": kind, "fields": fields}));
    }

    fn stop(&mut self, id: usize) {
        self.line(&json!({"action": "stop", "id": id}));
    }

    fn phase(&mut self, phase: &str) {
        self.line(&json!({"action": "setPhase", "phase": phase}));
    }

    fn message(&mut self, level: u64, message: &str) {
        self.line(&json!({"action": "msg", "level": level, "msg": message}));
    }

    fn line(&mut self, value: &Value) {
        let line = format!("@nix {value}\n");
        let _ = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
    }
}

fn id(file: usize) -> usize {
    WHOLE + 1 + file
}

fn describe(file: &PlannedFile) -> (String, String, Option<u64>) {
    let path = escape(file.path.as_str());
    let url = match &file.locator {
        Locator::Download(download) => shown(&download.url),
        Locator::Object(object) => escape(&object.uri.to_string()),
        Locator::Inline(_) => path.clone(),
    };
    (path, url, file.size)
}

#[cfg(test)]
mod tests;
