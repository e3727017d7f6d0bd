//! What a machine needs. Each piece looks first, says one line, and does
//! nothing where all is there.

mod guests;
mod model;
mod nix;
mod node;
mod object_stores;
mod packages;
pub(crate) mod python;
pub(crate) mod scanners;
pub(crate) mod second_nix;
mod toolchain;

use crate::fault::Result;
use crate::project::Project;

/// Everything, for all commands.
pub(crate) fn all(project: &Project) -> Result<()> {
    for_tests(project)?;
    for_demo(project)
}

/// To build the program and the static builder and use a Nix store.
pub(crate) fn for_building(project: &Project) -> Result<()> {
    packages::install(project, packages::BUILDING)?;
    toolchain::install(project)?;
    nix::configure(project)
}

/// Beside that: the real model, and transformers to load it.
pub(crate) fn for_demo(project: &Project) -> Result<()> {
    packages::install(project, packages::DEMO)?;
    for_building(project)?;
    python::for_demo(project)?;
    model::install(project, &python::demo_folder(project))
}

/// To build all programs and bend the clock of one.
pub(crate) fn for_chaos(project: &Project) -> Result<()> {
    packages::install(project, packages::CHAOS)?;
    for_building(project)
}

/// The scanners that ours is held against, and what makes models.
pub(crate) fn for_scanners(project: &Project) -> Result<()> {
    packages::install(project, packages::SCANNERS)?;
    scanners::install(project)
}

/// To compile what fuzzes.
pub(crate) fn for_fuzzing(project: &Project) -> Result<()> {
    packages::install(project, packages::FUZZING)
}

/// To run all tests.
pub(crate) fn for_tests(project: &Project) -> Result<()> {
    packages::install(project, packages::TESTS)?;
    for_chaos(project)?;
    python::for_tests(project)?;
    guests::install(project)?;
    object_stores::install(project)?;
    model::install(project, &python::tests_folder(project))?;
    second_nix::install(project)
}

/// To compare with other programs.
pub(crate) fn for_bench(project: &Project) -> Result<()> {
    packages::install(project, packages::BENCH)?;
    for_building(project)?;
    python::for_bench(project)
}

/// One line of what setup found or does.
fn say(part: &str, what: &str) {
    println!("setup {part:<11} {what}");
}
