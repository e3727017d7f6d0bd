//! How fast files are fetched and verified, against programs that fetch them
//! too, from one nginx on loopback; `cargo xtask bench fetch` runs it.
//!
//! Prints medians. `--rounds N`, `--case NAME` for some cases alone, `--quick`
//! for tiny sizes, `--programs DIR` for where the programs under test are,
//! `--document FILE` for where the figures go as well, with a plot beside it.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark: it prints, runs programs, and stops where something fails"
)]

mod case;
mod document;
mod figures;
mod goal;
#[path = "../hardware.rs"]
mod hardware;
mod machine;
mod measure;
mod neighbours;
mod options;
mod plot;
mod scene;
mod storage;
mod tool;

use case::Case;
use figures::{Figures, Measured};
use neighbours::Neighbours;
use options::Options;
use scene::Scene;
use storage::Storage;
use tool::Tool;

fn main() {
    let options = Options::read(std::env::args().skip(1));
    let storage = Storage::choose(options.scale);
    let machine = machine::describe(&options, &storage);
    let neighbours = Neighbours::now();
    let cases = Case::all(options.scale);
    for name in &options.cases {
        assert!(cases.iter().any(|case| case.name == name), "there is no case {name}");
    }
    let cases = cases.into_iter().filter(|case| options.has(case.name));
    let cases = cases.filter_map(|case| measured(case, &options, &storage));
    let figures = Figures(cases.collect());
    let (tables, goals) = (figures.tables(), goal::table(&figures));
    let text = format!("{machine} {}\n\n{tables}\n{goals}", neighbours.since());
    println!("\n{text}");
    if let Some(document) = &options.document {
        document::write(document, &text);
        std::fs::write(document.with_extension("svg"), plot::draw(&figures)).unwrap();
    }
}

/// A case with every tool that is here; `None` where there is no room for it.
fn measured(case: Case, options: &Options, storage: &Storage) -> Option<Measured> {
    if case.room() > storage.free() {
        eprintln!("{}: not measured, it needs {} bytes of room", case.name, case.room());
        return None;
    }
    let scene = Scene::set(&case, storage)?;
    scene.compile_plugins(&options.programs.join("nix-ai-model"));
    let tools: Vec<Tool> =
        case.tools.iter().copied().filter(|tool| tool.is_here(options)).collect();
    let rounds = case.rounds(options.rounds);
    let mut samples = vec![Vec::new(); tools.len()];
    for round in 0..rounds {
        for turn in 0..tools.len() {
            let at = (turn + round) % tools.len();
            let sample = measure::run(tools[at], &scene, options);
            eprintln!("{} {}: {sample}", case.name, tools[at].label());
            samples[at].push(sample);
        }
    }
    let rows = tools.into_iter().zip(samples.iter().map(|samples| measure::median(samples)));
    Some(Measured { case, rounds, rows: rows.collect() })
}
