//! Benchmarks. They print figures; the tests only see that they run.

use std::path::Path;

use crate::fault::{Fault, Result};
use crate::project::Project;
use crate::setup;

/// What is measured.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subject {
    /// Starting, loading and calling plugins
    Plugin,
    /// Fetching files, beside curl, aria2c, hf and nix-prefetch-url; writes docs/benchmarks/fetch.md
    Fetch(Fetch),
    /// What scanners find and how fast, beside five others; writes docs/benchmarks/scan.md
    Scan(Scan),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fetch {
    /// Runs of each tool; the medians count
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Only this case (a, b, c, d, "512 MiB", "8 GiB"), and no document
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<String>,
    /// Tiny sizes, and no document: shows only that it runs
    #[arg(long)]
    quick: bool,
    /// Measure a release build, which takes minutes to make
    #[arg(long)]
    release: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Scan {
    /// Runs of each tool over what is timed; the medians count
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Only "detection" or "speed", and no document
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// Tiny sizes and few samples, and no document: shows only that it runs
    #[arg(long)]
    quick: bool,
    /// Measure a release build, which takes minutes to make
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(project: &Project, subject: &Subject) -> Result<()> {
    match subject {
        Subject::Plugin => plugin(project),
        Subject::Fetch(fetch) => fetch.run(project),
        Subject::Scan(scan) => scan.run(project),
    }
}

fn plugin(project: &Project) -> Result<()> {
    setup::for_tests(project)?;
    let manifest = project.path(&format!("{EXAMPLE}/plugin.toml"));
    let components = Language::ALL.map(|language| language.build(project));
    let components = components.into_iter().collect::<Result<Vec<_>>>()?;
    build_as_tested(project)?;
    let bench = project.run(project.program("bench-plugin"));
    bench.arg(manifest).args(components).run()
}

/// All at once, so that dependencies are those of the tests.
fn build_as_tested(project: &Project) -> Result<()> {
    project.cargo().args(["build", "--locked", "--workspace", "--bins"]).run()
}

impl Fetch {
    fn run(&self, project: &Project) -> Result<()> {
        setup::for_bench(project)?;
        build_as_tested(project)?;
        let mut bench = project.run(project.program("bench-fetch"));
        if self.release {
            let packages = ["-p", "nix-ai-model", "-p", "nix-ai-model-bench"];
            project.cargo().args(["build", "--locked", "--release"]).args(packages).run()?;
            bench = bench.arg("--programs").arg(project.released());
        }
        if self.quick {
            bench = bench.arg("--quick");
        } else if self.cases.is_empty() {
            bench = bench.arg("--document").arg(project.path("docs/benchmarks/fetch.md"));
        }
        for case in &self.cases {
            bench = bench.arg("--case").arg(case);
        }
        let venv = setup::python::tests_folder(project);
        let bench = bench.hidden_env("NIX_AI_MODEL_TEST_VENV", venv);
        bench.args(["--rounds".to_owned(), self.rounds.to_string()]).run()
    }
}

impl Scan {
    fn run(&self, project: &Project) -> Result<()> {
        setup::for_scanners(project)?;
        build_as_tested(project)?;
        let scanners = setup::scanners::folder(project);
        write_corpus(project, &scanners.join("corpus"))?;
        let mut bench = project.run(project.program("bench-scan"));
        if self.release {
            let packages = ["-p", "nix-ai-model", "-p", "nix-ai-model-bench"];
            project.cargo().args(["build", "--locked", "--release"]).args(packages).run()?;
            bench = bench.arg("--programs").arg(project.released());
        }
        if self.quick {
            bench = bench.arg("--quick");
        }
        if let Some(part) = &self.only {
            bench = bench.arg("--only").arg(part);
        }
        if !self.quick && self.only.is_none() {
            bench = bench.arg("--document").arg(project.path("docs/benchmarks/scan.md"));
        }
        let bench = bench.arg("--scanners").arg(scanners);
        bench.args(["--rounds".to_owned(), self.rounds.to_string()]).run()
    }
}

/// Our samples, and then what real libraries make.
fn write_corpus(project: &Project, corpus: &Path) -> Result<()> {
    if corpus.exists() {
        std::fs::remove_dir_all(corpus).map_err(Fault::at(corpus))?;
    }
    project.run(project.program("corpus-write")).arg(corpus).run()?;
    let python = setup::scanners::makers_folder(project).join("bin/python");
    let script = project.path("tests/corpus/python/make.py");
    project.run(python).env("PYTHONDONTWRITEBYTECODE", "1").arg(script).arg(corpus).run()
}

/// One plugin in several languages.
const EXAMPLE: &str = "examples/tiny-registry";

#[derive(Debug, Clone, Copy)]
enum Language {
    Rust,
    JavaScript,
    Python,
}

impl Language {
    const ALL: [Self; 3] = [Self::Rust, Self::JavaScript, Self::Python];

    /// Builds the example by the language's own tool; `name=path`.
    fn build(self, project: &Project) -> Result<String> {
        let target = project.path("target/examples");
        std::fs::create_dir_all(&target).map_err(Fault::at(&target))?;
        let wit = project.path("wit");
        let name = format!("{self:?}").to_lowercase();
        let folder = project.path(&format!("{EXAMPLE}/{name}"));
        let mut component = target.join(format!("{name}.wasm"));
        let tool = match self {
            Self::Rust => {
                component = target.join("wasm32-wasip2/release/tiny_registry.wasm");
                let cargo = project.cargo().args(["build", "--quiet", "--release", "--locked"]);
                cargo.args(["--target", "wasm32-wasip2", "--target-dir"]).arg(&target)
            }
            Self::JavaScript => {
                let tool = "guests/javascript/node_modules/.bin/componentize-js";
                let tool = project.run(project.local(tool)).args(["source.js", "--wit"]).arg(wit);
                let without = ["stdio", "random", "clocks", "http", "fetch-event"];
                let tool = tool.args(["--world-name", "source", "--disable"]).args(without);
                tool.arg("--out").arg(&component)
            }
            Self::Python => {
                let tool = project.run(project.local("guests/python/bin/componentize-py"));
                let tool = tool.arg("-d").arg(wit).args(["-w", "source", "componentize"]);
                let tool = tool.args(["--stub-wasi", "app", "-o"]).arg(&component);
                tool.env("PYTHONDONTWRITEBYTECODE", "1")
            }
        };
        tool.folder(&folder).run()?;
        Ok(format!("tiny-registry in {self:?}={}", component.display()))
    }
}
