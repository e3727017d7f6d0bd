//! What scanners find, and how fast, beside those that people use;
//! `cargo xtask bench scan` runs it.
//!
//! Prints tables. `--scanners DIR` says where the peers' environments and the
//! corpus are, `--rounds N` how often what is timed is run, `--only detection`
//! or `--only speed` what is wanted, `--quick` that it is only shown to run,
//! `--programs DIR` where the programs under test are, `--document FILE` where
//! the figures go as well.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a bench: it runs programs, prints figures, and ends where it cannot"
)]

mod corpus;
mod detection;
#[path = "../fetch/document.rs"]
mod document;
mod goal;
#[path = "../hardware.rs"]
mod hardware;
mod known;
mod options;
mod scene;
mod speed;
mod tool;

use options::Options;
use tool::Tool;

fn main() {
    let options = Options::read(std::env::args().skip(1));
    let detection =
        options.has("detection").then(|| detection::run(corpus::samples(&options), &options));
    let speeds = options.has("speed").then(|| speed::run(scene::make(&options), &options));
    let peers: Vec<_> = Tool::PEERS.into_iter().map(Tool::version).collect();
    let mut text = format!(
        "{}; {}. What is timed: the median of {} runs.\n\n",
        hardware::describe(&options.programs),
        peers.join(", "),
        options.rounds
    );
    text += &goal::table(detection.as_ref(), speeds.as_ref());
    text += "\n";
    text += &detection.as_ref().map(detection::Detection::tables).unwrap_or_default();
    if let Some(speeds) = &speeds {
        text += &format!("\n{}", speeds.tables());
    }
    println!("{text}");
    if let Some(document) = &options.document {
        document::write(document, &text);
    }
}
