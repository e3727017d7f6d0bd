//! A copy of a model's files that the user's scripts work on.
#![allow(clippy::disallowed_methods, reason = "the environment and the build log are the binary's")]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix_ai_model_core::ports::{Event, Reporter};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{Contents, OnScriptFailure, Script, Transform};
use nix_ai_model_nix::{BuildLog, Shell};
use nix_ai_model_store::{OutputFile, layout};
use serde::Serialize;

use crate::layouts;

/// What came of a script, as the model's metadata has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    name: &'a str,
    succeeded: bool,
    /// Null where a signal ended it.
    exit_code: Option<i32>,
}

pub(crate) async fn transform(transform: &Transform, out: &Path) -> Result<()> {
    let contents = layouts::contents(transform.contents.clone());
    let size = layout::copy(out, &contents)?;
    let scratch =
        PathBuf::from(std::env::var_os("NIX_BUILD_TOP").unwrap_or_else(|| "/build".into()));
    let source = source(&transform.contents, &contents, &scratch)?;
    let variables = variables(transform, out, &source, &scratch, size);
    let log = BuildLog::new(std::io::stderr());
    let mut outcomes = Vec::new();
    for script in &transform.scripts {
        log.event(Event::Note(&format!("script {}", escape(&script.name))));
        let shell = Shell::new(&transform.shell);
        let streams = [std::io::stderr().into(), std::io::stderr().into()];
        let variables = variables.clone();
        let ended = shell.run_aloud(&script.text, variables, Some(&scratch), streams).await?;
        if !ended.is_success() {
            follow(script, &ended.to_text(), &log)?;
        }
        let exit_code = ended.status.and_then(|status| status.code());
        outcomes.push(Outcome { name: &script.name, succeeded: ended.is_success(), exit_code });
    }
    let mut results = serde_json::to_vec_pretty(&outcomes).map_err(|error| {
        Error::new(Kind::Internal, "could not write the scripts' results").caused_by(error)
    })?;
    results.push(b'\n');
    OutputFile::create(&transform.results)?.write(&results)
}

/// What follows where a script failed.
fn follow(script: &Script, why: &str, log: &dyn Reporter) -> Result<()> {
    let failed = format!("postDownload: the script {} {why}", escape(&script.name));
    match script.on_failure {
        OnScriptFailure::Abort => Err(Error::new(Kind::Internal, failed)
            .with_hint("what it said is above; with onFailure = \"warn\" the build goes on")),
        OnScriptFailure::Warn => {
            log.event(Event::Note(&format!("warning: {failed}")));
            Ok(())
        }
        OnScriptFailure::Ignore => Ok(()),
    }
}

/// A folder with the files as they were fetched.
fn source(named: &Contents, contents: &layout::Contents, scratch: &Path) -> Result<PathBuf> {
    if let Contents::Raw(raw) = named {
        return Ok(raw.clone());
    }
    let folder = scratch.join("source");
    layout::links(&folder, contents)?;
    Ok(folder)
}

fn variables(
    transform: &Transform,
    out: &Path,
    source: &Path,
    scratch: &Path,
    size: u64,
) -> Vec<(String, OsString)> {
    let scratch = scratch.as_os_str();
    let cores = std::env::var_os("NIX_BUILD_CORES").unwrap_or_else(|| "1".into());
    [
        ("out", out.into()),
        ("src", source.into()),
        ("MODEL_NAME", (&transform.model).into()),
        ("MODEL_SIZE", size.to_string().into()),
        ("NIX_BUILD_TOP", scratch.into()),
        ("TMPDIR", scratch.into()),
        // Programs that keep a cache find a folder that they may write to.
        ("HOME", scratch.into()),
        ("NIX_BUILD_CORES", cores),
    ]
    .map(|(name, value): (&str, OsString)| (name.to_owned(), value))
    .into()
}
