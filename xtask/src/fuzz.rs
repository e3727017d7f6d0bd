//! Fuzzing by cargo-fuzz, on the nightly toolchain that it needs. The targets
//! are functions of `tests/fuzz`, which the tests call as well.

use std::fs;

use crate::fault::{Fault, Result};
use crate::process::{Invocation, on_path};
use crate::project::Project;
use crate::setup;

/// The one that is installed where none is there.
const VERSION: &str = "0.13.2";
const NIGHTLY: &str = "nightly";

pub(crate) fn run(project: &Project, target: Option<&str>, seconds: u64) -> Result<()> {
    let known = targets(project)?;
    let wanted: Vec<&str> = match target {
        None => known.iter().map(String::as_str).collect(),
        Some(target) if known.iter().any(|known| known == target) => vec![target],
        Some(_) => return Err(Fault::new(format!("the targets are {}", known.join(", ")))),
    };
    setup::for_fuzzing(project)?;
    install(project)?;
    // All at once, so that dependencies are those of the tests.
    project.cargo().args(["build", "--locked", "--workspace", "--bins"]).run()?;
    for target in wanted {
        // What is found goes to the first folder, which is not handed in.
        let found = project.local_folder(&format!("fuzz/corpus/{target}"))?;
        project.run(project.program("fuzz-seeds")).arg(target).arg(&found).run()?;
        fuzz(project)
            .args(["run", target])
            .arg(found)
            .arg(project.path(&format!("tests/fuzz/corpus/{target}")))
            .args(["--", "-print_final_stats=1"])
            .arg(format!("-max_total_time={seconds}"))
            .run()?;
    }
    Ok(())
}

/// By the files in `fuzz/fuzz_targets`.
fn targets(project: &Project) -> Result<Vec<String>> {
    let folder = project.path("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(Fault::at(&folder))? {
        let path = entry.map_err(Fault::at(&folder))?.path();
        names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    names.sort();
    Ok(names)
}

fn install(project: &Project) -> Result<()> {
    let toolchains = project.run("rustup").args(["toolchain", "list"]).quietly()?;
    if !toolchains.lines().any(|line| line.starts_with(NIGHTLY)) {
        let install = project.run("rustup").args(["toolchain", "install", NIGHTLY]);
        install.args(["--profile", "minimal"]).run()?;
    }
    if project.local("cargo-fuzz/bin/cargo-fuzz").is_file() || on_path("cargo-fuzz").is_some() {
        return Ok(());
    }
    let install = project.cargo().args(["install", "cargo-fuzz", "--locked"]);
    install.args(["--version", VERSION, "--root"]).arg(project.local("cargo-fuzz")).run()
}

fn fuzz(project: &Project) -> Invocation {
    let own = project.local("cargo-fuzz/bin/cargo-fuzz");
    let program = if own.is_file() { own } else { "cargo-fuzz".into() };
    // Beside the ordinary build, which is of another toolchain.
    let target = project.local("fuzz/target");
    project
        .run(program)
        .arg("fuzz")
        .env("RUSTUP_TOOLCHAIN", NIGHTLY)
        .hidden_env("CARGO_TARGET_DIR", target)
}
