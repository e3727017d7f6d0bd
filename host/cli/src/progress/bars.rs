use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix_ai_model_core::plan::Plan;
use nix_ai_model_core::ports::{Event, Reporter};

/// What is over sooner than this is not worth a bar.
const PATIENCE: Duration = Duration::from_millis(250);

/// One bar for each file in flight, and one for the whole.
pub(super) struct Bars {
    multi: MultiProgress,
    color: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: Option<Instant>,
    total: Option<ProgressBar>,
    paths: Vec<String>,
    files: HashMap<usize, File>,
}

struct File {
    done: u64,
    bar: Option<ProgressBar>,
}

impl Bars {
    pub(super) fn new(color: bool) -> Self {
        let multi = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        Self { multi, color, state: Mutex::default() }
    }

    fn style(&self, template: &str) -> ProgressStyle {
        let template = if self.color { template.to_owned() } else { template.replace(".cyan", "") };
        ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸ ")
    }

    fn plan(&self, state: &mut State, plan: &Plan) {
        state.paths = plan.files.iter().map(|file| file.path.to_string()).collect();
        state.planned = Some(Instant::now());
        let total = ProgressBar::hidden();
        total.set_length(plan.total_size);
        total.set_style(self.style(
            "{msg:30!} {wide_bar:.cyan} {bytes:>10}/{total_bytes:10} {bytes_per_sec:>12} {eta:>4}",
        ));
        total.set_message(format!("{} files", plan.files.len()));
        state.total = Some(total);
    }

    fn progress(&self, state: &mut State, index: usize, done: u64, size: Option<u64>) {
        let Some(total) = state.total.clone() else { return };
        let Some(file) = state.files.get_mut(&index) else { return };
        if done >= file.done {
            total.inc(done - file.done);
        } else {
            total.set_position(total.position().saturating_sub(file.done - done));
        }
        file.done = done;
        if state.planned.is_some_and(|since| since.elapsed() < PATIENCE) {
            return;
        }
        if total.is_hidden() {
            self.multi.add(total.clone());
        }
        let bar = file.bar.get_or_insert_with(|| {
            let bar = self.multi.insert_before(&total, ProgressBar::no_length());
            bar.set_style(self.style("{msg:30!} {wide_bar:.cyan} {bytes:>10}/{total_bytes:10}"));
            bar.set_message(state.paths.get(index).cloned().unwrap_or_default());
            bar
        });
        if let Some(size) = size {
            bar.set_length(size);
        }
        bar.set_position(done);
    }
}

impl Reporter for Bars {
    fn event(&self, event: Event<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Resolving(_) => {}
            Event::Planned(plan) => self.plan(&mut state, plan),
            Event::Started { file, resumed } => {
                state.files.insert(file, File { done: resumed, bar: None });
                if let Some(total) = &state.total {
                    total.inc(resumed);
                    total.reset_eta();
                }
            }
            Event::Progress { file, done, total } => self.progress(&mut state, file, done, total),
            Event::Retrying { what, reason, wait } => {
                let _ = self.multi.println(super::retrying(what, reason, wait));
            }
            Event::Verified { file } => {
                if let Some(bar) = state.files.remove(&file).and_then(|file| file.bar) {
                    bar.finish_and_clear();
                    self.multi.remove(&bar);
                }
            }
            Event::Note(text) => {
                let _ = self.multi.println(text);
            }
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let _ = self.multi.clear();
    }
}
