//! Benchmarks. They print figures; the tests only see that they run.

use crate::fault::{Fault, Result};
use crate::project::Project;
use crate::setup;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// Starting, loading and calling plugins
    Plugin,
}

pub(crate) fn run(project: &Project, subject: Subject) -> Result<()> {
    setup::for_tests(project)?;
    match subject {
        Subject::Plugin => {
            let manifest = project.path(&format!("{EXAMPLE}/plugin.toml"));
            let components = Language::ALL.map(|language| language.build(project));
            let components = components.into_iter().collect::<Result<Vec<_>>>()?;
            // Our own crates as in a release; the dependencies are so already.
            let cargo = project.cargo().args(["run", "--locked", "--config", OPTIMISED]);
            let cargo = cargo.args(["--package", "nix-ai-model-bench", "--bin", "bench-plugin"]);
            cargo.arg("--").arg(manifest).args(components).run()
        }
    }
}

const OPTIMISED: &str = "profile.dev.opt-level=3";

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
