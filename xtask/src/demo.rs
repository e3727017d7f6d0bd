//! The whole road on real input: a hub on loopback, `prefetch`, `nix build`
//! through the project's builder, and `transformers` that loads the result
//! offline.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use crate::dist::{self, Scope};
use crate::fault::{Fault, Result};
use crate::process::{Invocation, in_project};
use crate::project::Project;
use crate::setup;
use crate::setup::python;

const REPOSITORY: &str = "sentence-transformers/all-MiniLM-L6-v2";

pub(crate) fn run(project: &Project) -> Result<()> {
    let started = Instant::now();
    heading("Set up: all but packages stays in the project's folder");
    setup::for_demo(project)?;
    heading("Build the program, and the static builder with its compiled plugin");
    let builder = dist::make(project, Scope::Binaries)?;

    heading("Put a real model behind a Hugging Face hub on loopback");
    let server = project.run(project.program("hub-server")).arg("--root").arg(project.local("hub"));
    let mut hub = server.args(["--port", "0", "--no-cdn"]).start()?;
    let endpoint = hub.line()?;
    println!("{REPOSITORY} is served at {endpoint}");

    heading("Prefetch: a sandboxed plugin plans, the program downloads, verifies and hashes");
    let hash = prefetch(project, &endpoint)?;
    let demo = Demo { project, endpoint, hash, expression: project.local("demo/model.nix") };

    heading("Build it with Nix, in the sandbox, through our own builder");
    demo.write_expression(&builder)?;
    let fetched_now = demo.has_work("raw")?;
    let raw = demo.build("raw")?;
    let model = demo.build("model")?;
    demo.compare(&raw)?;
    demo.build_again()?;

    heading("Load it offline with transformers, from the Hugging Face cache layout");
    let cache = demo.build("hfCache")?;
    // Offline is not a promise here: there is no hub any more.
    drop(hub);
    println!("the hub is stopped");
    demo.load(&cache)?;
    demo.verify(&[&raw, &model, &cache])?;

    heading("Shown");
    let when = if fetched_now { "" } else { " (in an earlier run: the store had it)" };
    demo.summary(&model, &format!("{builder}{when}"), started);
    Ok(())
}

/// The hash, with the program's own progress on standard error.
fn prefetch(project: &Project, endpoint: &str) -> Result<String> {
    let prefetch = project.run(project.program("nix-ai-model")).env("HF_ENDPOINT", endpoint);
    prefetch
        .hidden_env("XDG_CACHE_HOME", project.local("cache"))
        .hidden_env("no_proxy", "127.0.0.1")
        .args(["prefetch", &format!("huggingface:{REPOSITORY}"), "--no-store"])
        .answer()
}

struct Demo<'a> {
    project: &'a Project,
    endpoint: String,
    hash: String,
    expression: PathBuf,
}

impl Demo<'_> {
    /// What a user writes, with the hash that `prefetch` printed.
    fn write_expression(&self, builder: &str) -> Result<()> {
        let text = include_str!("../demo/model.nix")
            .replace("@library@", &self.project.path("nix/lib").display().to_string())
            .replace("@builder@", builder)
            .replace("@hash@", &self.hash);
        let variables = self.project.nix_variables();
        let variables = variables.iter().map(|(name, value)| format!("{name}={}", value.display()));
        let variables = variables.collect::<Vec<_>>().join(" ");
        println!("nix runs with {}", in_project(&variables));
        self.project.local_folder("demo")?;
        fs::write(&self.expression, &text).map_err(Fault::at(&self.expression))?;
        println!("{}:\n", in_project(&self.expression.display().to_string()));
        text.lines().for_each(|line| println!("    {}", in_project(line)));
        println!();
        Ok(())
    }

    /// `nix` with what a user gives it: the expression, and where the hub is.
    fn nix_build(&self, attribute: &str) -> Invocation {
        let nix = self.project.nix("nix").env("HF_ENDPOINT", &self.endpoint);
        nix.hidden_env("no_proxy", "127.0.0.1")
            .args(["build", "--file"])
            .arg(&self.expression)
            .arg(attribute)
    }

    /// Builds an attribute; its store path.
    fn build(&self, attribute: &str) -> Result<String> {
        let link = self.project.local("demo").join(attribute);
        self.nix_build(attribute).arg("--print-build-logs").arg("--out-link").arg(&link).run()?;
        let path = fs::read_link(&link).map_err(Fault::at(&link))?;
        println!("{}", path.display());
        Ok(path.display().to_string())
    }

    /// Nix's own word on what was fetched.
    fn compare(&self, raw: &str) -> Result<()> {
        let hash = self.project.run("nix").args(["hash", "path"]);
        let hash = hash.hidden_env("NIX_CONF_DIR", self.project.local("nix/conf"));
        let theirs = hash.arg(self.project.in_store(raw)).answer()?;
        if theirs == self.hash {
            println!("the same as prefetch printed");
            return Ok(());
        }
        Err(Fault::new(format!("prefetch printed {}, Nix computes {theirs}", self.hash)))
    }

    /// Whether Nix would build or fetch anything for an attribute.
    fn has_work(&self, attribute: &str) -> Result<bool> {
        let plan = self.nix_build(attribute).args(["--dry-run", "--no-link"]).probe()?;
        let planned = String::from_utf8_lossy(&plan.stderr);
        if plan.status.success() {
            Ok(planned.contains("will be"))
        } else {
            Err(Fault::new(planned))
        }
    }

    fn build_again(&self) -> Result<()> {
        let started = Instant::now();
        if self.has_work("model")? {
            return Err(Fault::new("a second build has something to do"));
        }
        self.nix_build("model").arg("--no-link").run()?;
        println!("nothing to do, {} ms", started.elapsed().as_millis());
        Ok(())
    }

    /// That no reader changed what the store holds.
    fn verify(&self, paths: &[&str]) -> Result<()> {
        self.project.nix("nix").args(["store", "verify", "--no-trust"]).args(paths).run()
    }

    fn load(&self, cache: &str) -> Result<()> {
        let python = python::demo_folder(self.project).join("bin/python");
        let python = self.project.run(python).env("HF_HUB_CACHE", self.project.in_store(cache));
        python
            .env("HF_HUB_OFFLINE", "1")
            .hidden_env("HF_HOME", self.project.local_folder("demo/hf-home")?)
            .arg("xtask/demo/similarity.py")
            .arg(REPOSITORY)
            .run()
    }

    fn summary(&self, model: &str, builder: &str, started: Instant) {
        println!("- prefetch and Nix agree on {}", self.hash);
        println!("- Nix fetched the model in its sandbox through {builder}");
        println!("- a second build did nothing");
        println!("- transformers loaded the weights from the store, with the hub gone");
        let on_disk = self.project.in_store(model).display().to_string();
        println!("\nThe model: {model}\n  on disk: {}", in_project(&on_disk));
        println!("\nDone in {} s.", started.elapsed().as_secs());
    }
}

fn heading(text: &str) {
    println!("\n== {text}");
}
