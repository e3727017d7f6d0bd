//! Benchmarks. They print figures; the tests only see that they run.

use crate::fault::Result;
use crate::project::Project;
use crate::setup;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// Starting, loading and calling plugins
    Plugin,
}

pub(crate) fn run(project: &Project, subject: Subject) -> Result<()> {
    setup::for_building(project)?;
    match subject {
        Subject::Plugin => {
            let cargo =
                project.cargo().args(["run", "--locked", "--package", "nix-ai-model-bench"]);
            cargo.args(["--bin", "bench-plugin", "--"]).args(components(project)).run()
        }
    }
}

/// The examples in other languages, where they are built.
fn components(project: &Project) -> Vec<String> {
    let built = ["rust", "javascript", "python"].into_iter().filter_map(|language| {
        let path = project.path(&format!("examples/tiny-registry/{language}/tiny-registry.wasm"));
        path.is_file().then(|| format!("tiny-registry-in-{language}={}", path.display()))
    });
    built.collect()
}
