//! Progress on standard error: bars on a terminal, plain lines in a log.
#![allow(clippy::disallowed_methods, reason = "the standard streams are the binary's")]

mod bars;
mod lines;

use std::io::IsTerminal as _;
use std::sync::Arc;

use nix_ai_model_core::ports::{Reporter, Silent};

use crate::output::Output;

/// The reporter that fits: bars where standard error is a terminal, lines
/// where it is a log, nothing where the user wants none.
pub(crate) fn reporter(output: Output, no_progress: bool) -> Arc<dyn Reporter> {
    if no_progress || output.is_quiet() {
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
