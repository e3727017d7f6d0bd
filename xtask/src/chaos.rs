//! Chaos: the command line against all that goes wrong. The runner is
//! `tests/chaos`.

use crate::fault::Result;
use crate::project::Project;
use crate::setup;

/// Which runs; what is left out is the runner's to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Runs {
    /// The first run's seed; alone, only that run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many runs (600)
    #[arg(long, value_name = "N")]
    runs: Option<u64>,
    /// Begin no more runs after so many minutes
    #[arg(long, value_name = "M")]
    minutes: Option<u64>,
    /// Runs side by side (6)
    #[arg(long, value_name = "N")]
    jobs: Option<u64>,
    /// Say of every run how it went
    #[arg(long)]
    verbose: bool,
}

pub(crate) fn run(project: &Project, runs: &Runs) -> Result<()> {
    setup::for_chaos(project)?;
    // All at once, so that dependencies are those of the tests.
    project.cargo().args(["build", "--locked", "--workspace", "--bins"]).run()?;
    let Runs { seed, runs, minutes, jobs, verbose } = runs;
    let numbers = [("--seed", seed), ("--runs", runs), ("--minutes", minutes), ("--jobs", jobs)];
    let mut chaos = project.run(project.program("chaos"));
    for (name, number) in numbers {
        if let Some(number) = number {
            chaos = chaos.arg(name).arg(number.to_string());
        }
    }
    if *verbose { chaos.arg("--verbose") } else { chaos }.run()
}
