//! Progress on standard error: bars on a terminal, plain lines in a log, or
//! events as JSON.
#![allow(clippy::disallowed_methods, reason = "the standard streams are the binary's")]

mod bars;
mod events;
mod lines;
mod rate;

use std::io::IsTerminal as _;
use std::sync::Arc;

use nix_ai_model_core::ports::{Reporter, Silent};

use crate::arguments::Global;
use crate::output::Output;

/// The reporter that fits: bars where standard error is a terminal, lines
/// where it is a log, events where the user asks for them, nothing where the
/// user wants none.
pub(crate) fn reporter(output: Output, global: &Global) -> Arc<dyn Reporter> {
    if global.json_progress {
        Arc::new(events::Events::new())
    } else if global.no_progress || output.is_quiet() {
        Arc::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Arc::new(bars::Bars::new(output.has_color()))
    } else {
        Arc::new(lines::Lines::new())
    }
}

/// What a retry is told as.
fn retrying(what: &str, reason: &str, wait: std::time::Duration) -> String {
    format!("{what}: {reason}; trying again in {:.1} s", wait.as_secs_f64())
}
