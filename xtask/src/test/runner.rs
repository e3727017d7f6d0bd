//! Runs the tests by cargo-nextest where it is there, else by cargo.

use super::tally::Tally;
use crate::fault::Result;
use crate::process::{Invocation, on_path};

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    succeeded: bool,
    closing: Vec<String>,
}

impl Ended {
    pub(super) fn passed(&self) -> bool {
        self.succeeded
    }

    /// The runner's closing lines.
    pub(super) fn print(&self) {
        self.closing.iter().for_each(|line| println!("{line}"));
    }
}

/// `cargo`: makes an invocation of cargo with these arguments.
pub(super) fn run(cargo: impl Fn(&[&str]) -> Result<Invocation>) -> Result<Ended> {
    if on_path("cargo-nextest").is_some() {
        let arguments = ["nextest", "run", "--locked", "--workspace", "--no-fail-fast"];
        by_nextest(cargo(&arguments)?)
    } else {
        let arguments = ["test", "--locked", "--workspace", "--all-targets", "--no-fail-fast"];
        by_cargo(cargo(&arguments)?)
    }
}

/// Its summary is held back, to be printed last.
fn by_nextest(nextest: Invocation) -> Result<Ended> {
    let mut closing = Vec::new();
    let succeeded = nextest.follow(|line| {
        if closing.is_empty() && !line.trim_start().starts_with("Summary [") {
            eprintln!("{line}");
        } else {
            closing.push(line.to_owned());
        }
    })?;
    Ok(Ended { succeeded, closing })
}

/// Cargo has a summary a test binary: they are added up.
fn by_cargo(cargo: Invocation) -> Result<Ended> {
    let mut tally = Tally::default();
    let succeeded = cargo.follow_output(|line| {
        println!("{line}");
        tally.read(line);
    })?;
    Ok(Ended { succeeded, closing: vec![tally.to_string()] })
}
