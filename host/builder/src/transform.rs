//! The derivation in which scripts work on a copy of a model's files.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix_ai_model_core::ports::Files as _;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Contents, OnScriptFailure, Step, Transform};
use nix_ai_model_nix::{Script, ScriptEnded, ScriptResult};
use nix_ai_model_store::{OutputFile, ScanTree, layout};
use nix_ai_model_wiring::Environment;

use crate::fetch::block_on;
use crate::layouts;
use crate::scan::{surroundings, tell, written};

/// Where the model's files are as links, for scripts that look at them.
const SOURCE: &str = "source";

#[allow(clippy::disallowed_methods, reason = "the environment is the binary's")]
pub(crate) fn run(transform: Transform, out: &Path) -> Result<()> {
    let environment = Environment::new(std::env::vars_os());
    let model = transform.model.clone();
    let done = block_on(scripts(transform, &environment, out));
    done.map_err(|error| error.within(format_args!("model {model}")))
}

async fn scripts(transform: Transform, environment: &Environment, out: &Path) -> Result<()> {
    let source = source(&transform.contents, environment)?;
    let size = size(&transform.contents)?;
    layout::copy(out, &layouts::contents(transform.contents))?;
    let told: [(&str, OsString); 2] =
        [("MODEL_NAME", transform.model.into()), ("MODEL_SIZE", size.to_string().into())];
    let told = told.map(|(name, value)| (name.to_owned(), value));
    let mut results = Vec::new();
    for step in &transform.scripts {
        let script = Script::new(&transform.shell, &step.script)
            .seeing(surroundings(environment))
            .seeing(told.clone());
        let ended = script.run(out, &source).await?;
        let name = escape(&step.name);
        ended.lines.iter().for_each(|line| tell(&format!("{name}: {line}\n")));
        let success = ended.code == Some(0);
        if !success {
            failed(step, &ended)?;
        }
        results.push(ScriptResult { name, success, exit_code: ended.code });
    }
    OutputFile::create(&transform.results)?.write(written(&results)?.as_bytes())
}

/// What follows where a script failed.
fn failed(step: &Step, ended: &ScriptEnded) -> Result<()> {
    let message = format!("the script {} failed: {}", escape(&step.name), ended.how);
    match step.on_failure {
        OnScriptFailure::Ignore => {}
        OnScriptFailure::Warn => tell(&format!("warning: {message}\n")),
        OnScriptFailure::Abort => {
            return Err(Error::new(Kind::Internal, message).with_hint(
                "its last lines are in the build's log; onFailure = \"warn\" or \"ignore\" goes on without it",
            ));
        }
    }
    Ok(())
}

/// The folder with the files as they were fetched.
fn source(contents: &Contents, environment: &Environment) -> Result<PathBuf> {
    match contents {
        Contents::Raw(path) => Ok(path.clone()),
        Contents::Parts(parts) => {
            let top = environment.get("NIX_BUILD_TOP").map(PathBuf::from).ok_or_else(|| {
                Error::new(Kind::Usage, "NIX_BUILD_TOP is not set")
                    .with_hint("this program is run by Nix")
            })?;
            layout::links(&top.join(SOURCE), parts)?;
            Ok(top.join(SOURCE))
        }
    }
}

/// Bytes of all files together.
fn size(contents: &Contents) -> Result<u64> {
    let store = Path::new("/nix/store");
    let tree = match contents {
        Contents::Raw(path) => ScanTree::open(std::slice::from_ref(path), store)?,
        Contents::Parts(parts) => ScanTree::parts(parts, store)?,
    };
    Ok(tree.entries().iter().map(|entry| entry.size).fold(0, u64::saturating_add))
}
