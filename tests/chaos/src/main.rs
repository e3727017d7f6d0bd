//! Chaos: seeded runs of the real command line against a server, a disk, a
//! clock and neighbours of the worst kind. Every run ends in the right bytes or
//! the right error; nothing unverified bears a final name; what is kept is
//! never corrupt.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it runs programs, looks at what they leave and prints what it saw"
)]

mod again;
mod clock;
mod mounts;
mod play;
mod scenario;
mod stage;
mod tally;
mod verdict;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use clap::Parser;
use nix_ai_model_testkit::{Environment, Fixture, workspace_root};

use crate::scenario::Scenario;
use crate::stage::{Outcome, binary};
use crate::tally::Tally;

/// Runs of the real command line against all that goes wrong
#[derive(Debug, Parser)]
struct Arguments {
    /// The first run's seed (default: another one each time); alone, only that run
    #[arg(long)]
    seed: Option<u64>,
    /// How many runs (default: 600)
    #[arg(long)]
    runs: Option<u64>,
    /// Begin no more runs after so many minutes
    #[arg(long)]
    minutes: Option<u64>,
    /// Runs side by side
    #[arg(long, default_value_t = 6)]
    jobs: usize,
    /// Say of every run how it went
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let inside = mounts::enter(&workspace_root().join("target/chaos"));
    match inside.map_err(Into::into).and_then(|()| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all runs were as they should be.
fn run(arguments: &Arguments) -> Outcome<bool> {
    if !binary().is_file() {
        return Err("build it first: cargo build --workspace --bins".into());
    }
    let first = arguments.seed.unwrap_or_else(fresh_seed);
    let runs = arguments.runs.unwrap_or(match (arguments.seed, arguments.minutes) {
        (Some(_), _) => 1,
        (None, Some(_)) => u64::MAX,
        (None, None) => 600,
    });
    let minutes = arguments.minutes.map(|minutes| Duration::from_secs(60 * minutes));
    let artefacts = compiled_plugins()?;
    let began = Instant::now();
    let (next, broken) = (AtomicU64::new(0), AtomicBool::new(false));
    let tally = Mutex::new(Tally::new(first));
    thread::scope(|scope| {
        for _ in 0..arguments.jobs.max(1) {
            scope.spawn(|| {
                while minutes.is_none_or(|minutes| began.elapsed() < minutes) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= runs || broken.load(Ordering::SeqCst) {
                        return;
                    }
                    let scenario = Scenario::of(first.wrapping_add(number));
                    let shown = scenario.to_string();
                    let began = Instant::now();
                    let played = play::play(scenario, artefacts.as_deref());
                    let mut tally = tally.lock().expect("no run panics while it holds this");
                    if !tally.take(&shown, played, began.elapsed(), arguments.verbose) {
                        broken.store(true, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().expect("all runs are over");
    tally.print(began.elapsed());
    Ok(tally.is_good())
}

/// Another one each time, and short enough to be typed.
fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (now.as_secs() % 1_000_000) * 1_000
}

/// What the program compiles when it is first used, for all runs at once.
fn compiled_plugins() -> Outcome<Option<PathBuf>> {
    let environment = Environment::new()?;
    let served = environment.root().join("served");
    Fixture::new().file("a", "a").write_to(&served)?;
    let cache = environment.root().join("cache");
    let model = nix_ai_model_testkit::Repository::model("org/name", &served);
    let hub = nix_ai_model_testkit::Hub::builder().repository(model).start()?;
    let resolve = environment.program(binary()).args(["resolve", "huggingface:org/name"]);
    let resolve = resolve.variable("HF_ENDPOINT", hub.url());
    let run = resolve.variable("NIX_AI_MODEL_CACHE_DIR", &cache).run()?;
    if run.code != Some(0) {
        return Err(format!("a plan cannot be made: {}", run.stderr).into());
    }
    let kept = std::env::temp_dir().join(format!("compiled-{}", std::process::id()));
    fs::create_dir_all(&kept)?;
    copy(&cache.join("artefacts"), &kept)?;
    Ok(Some(kept))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
