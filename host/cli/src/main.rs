//! `nix-ai-model`: pins, verifies and fetches AI models for Nix.

mod arguments;
mod commands;
mod context;
mod output;
mod progress;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use nix_ai_model_core::{Error, Kind, Result};

use crate::arguments::Arguments;
use crate::context::Context;
use crate::output::Output;

/// How long the end waits for threads that still work.
const PATIENCE: Duration = Duration::from_secs(1);

#[allow(clippy::disallowed_methods, reason = "the environment is the binary's")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output =
        Output::new(&arguments.global, std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()));
    log(&arguments);
    match run(arguments, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn run(arguments: Arguments, output: Output) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Error::new(Kind::Internal, "no threads could be started").caused_by(error)
        })?;
    let context = Context::new(&arguments.global, output);
    let done = runtime.block_on(async {
        // Heard from the first moment on, whatever the command does first.
        let stop = stop()?;
        // Dropping the command's future cancels all it does; partials stay.
        tokio::select! {
            done = commands::run(arguments.command, &context) => done,
            stopped = stop => stopped,
        }
    });
    // A write that is under way is worth a moment; a read that hangs must not
    // hold an answer back.
    runtime.shutdown_timeout(PATIENCE);
    done
}

/// Listens from now on; ends when the user or the system asks this process to
/// stop.
fn stop() -> Result<impl Future<Output = Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |error| Error::new(Kind::Internal, "signals cannot be heard").caused_by(error);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Err(Error::new(Kind::Interrupted, "interrupted")
            .with_hint("what was downloaded is kept; the same command goes on from there"))
    })
}

#[allow(clippy::disallowed_methods, reason = "the standard streams are the binary's")]
fn log(arguments: &Arguments) {
    use tracing_subscriber::filter::LevelFilter;
    let level = match (arguments.global.quiet, arguments.global.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        // Colours are the output's; those of the log are a feature left out.
        .with_ansi(false)
        .without_time()
        .init();
}
