//! Everything that has to hold before a change is handed in.

mod runner;
mod tally;

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::dist::{self, Scope};
use crate::fault::{Fault, Result};
use crate::process::{Invocation, on_path};
use crate::project::Project;
use crate::setup::{python, second_nix};
use crate::{layers, setup};

pub(crate) fn run(project: &Project) -> Result<()> {
    let started = Instant::now();
    setup::for_tests(project)?;
    project.cargo().args(["fmt", "--all", "--check"]).run()?;
    layers::check(project)?;
    dist::make(project, Scope::Everything)?;
    let clippy = project.cargo().args(["clippy", "--locked", "--workspace", "--all-targets"]);
    clippy.args(["--", "--deny", "warnings"]).run()?;
    let skips = project.local("skipped-tests.txt");
    fs::write(&skips, "").map_err(Fault::at(&skips))?;
    let doc_tests = project.cargo().args(["test", "--locked", "--workspace", "--doc", "--quiet"]);
    with_peers(project, doc_tests, &skips)?.run()?;
    let ended = runner::run(|command| with_peers(project, project.cargo().args(command), &skips))?;
    print_skips(&skips)?;
    println!("{} s in all", started.elapsed().as_secs());
    ended.print();
    if ended.passed() { Ok(()) } else { Err(Fault::new("tests failed")) }
}

/// Tells the tests where the real peers are.
fn with_peers(project: &Project, command: Invocation, skips: &Path) -> Result<Invocation> {
    let nix = on_path("nix").ok_or_else(|| Fault::new("there is no nix on the PATH"))?;
    let command = command
        .hidden_env("NIX_AI_MODEL_TEST_VENV", python::tests_folder(project))
        .hidden_env("NIX_AI_MODEL_TEST_MLFLOW", python::mlflow_folder(project))
        .hidden_env("NIX_AI_MODEL_TEST_LFS", python::lfs_folder(project))
        .hidden_env("NIX_AI_MODEL_TEST_NIX", nix)
        .hidden_env("NIX_AI_MODEL_TEST_DIST", project.local("dist"))
        .hidden_env("NIX_AI_MODEL_TEST_MODEL", project.model())
        .hidden_env("NIX_AI_MODEL_TEST_SKIPS", skips);
    Ok(match second_nix::program(project) {
        Some(nix) => command.hidden_env("NIX_AI_MODEL_TEST_NIX_NEW", nix),
        None => command,
    })
}

/// What could not be tested here, loudly.
fn print_skips(file: &Path) -> Result<()> {
    let skips = fs::read_to_string(file).map_err(Fault::at(file))?;
    println!("\n{} tests could not run here", skips.lines().count());
    skips.lines().for_each(|line| println!("!! {line}"));
    Ok(())
}
