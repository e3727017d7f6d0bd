//! The project's own commands: `cargo xtask setup`, `demo`, `test` and the
//! pieces that they are made of.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool: it prints, writes below .local and runs programs"
)]

mod bench;
mod chaos;
mod demo;
mod dist;
mod fault;
mod fuzz;
mod layers;
mod process;
mod project;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::fault::Result;
use crate::project::Project;

/// The project's own commands
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what the other commands need: system packages, Rust targets, and the rest below .local
    Setup,
    /// Build the static builder with its compiled plugins and add it to the project's own Nix store
    Dist,
    /// Fetch a real model through Nix from a hub on loopback and load it offline
    Demo,
    /// Format, lint, build and test everything
    Test,
    /// Measure, and print the figures as ratios against peers in the same run
    Bench {
        /// What is measured
        #[command(subcommand)]
        subject: bench::Subject,
    },
    /// Run the command line, seeded, against all that goes wrong with servers, disks, clocks and neighbours
    Chaos(chaos::Runs),
    /// Fuzz the parsers of what comes from outside, each so many seconds
    Fuzz {
        /// Which one; all in turn where none is named
        target: Option<String>,
        /// Seconds for each
        #[arg(long, value_name = "N", default_value_t = 60)]
        seconds: u64,
    },
    /// Compare the crates' dependencies with the rooms they belong to
    Layers,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\nerror: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<()> {
    let project = Project::find();
    match command {
        Command::Setup => setup::all(&project),
        Command::Dist => {
            setup::for_building(&project)?;
            dist::make(&project, dist::Scope::Binaries).map(drop)
        }
        Command::Demo => demo::run(&project),
        Command::Test => test::run(&project),
        Command::Bench { subject } => bench::run(&project, subject),
        Command::Chaos(runs) => chaos::run(&project, runs),
        Command::Fuzz { target, seconds } => fuzz::run(&project, target.as_deref(), *seconds),
        Command::Layers => layers::check(&project),
    }
}
