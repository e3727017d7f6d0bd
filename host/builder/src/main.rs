//! `nix-ai-model-builder`: the builder of nix-ai-model's derivations. Reads
//! structured attributes, writes `$out`, speaks Nix's build-log progress.
//! Static, and asks nobody anything.

mod build;
mod fetch;
mod judged;
mod layouts;
mod partials;
mod scan;
mod transform;
mod verdict;

use std::error::Error as _;
use std::io::Write as _;
use std::process::ExitCode;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::{self, Attributes, Operation};
use nix_ai_model_store::settings;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn run() -> Result<()> {
    let Attributes { out, operation } = attributes()?;
    match operation {
        Operation::Fetch(fetch) => fetch::model(*fetch, &out),
        Operation::FetchComponent(fetch) => fetch::component(&fetch, &out),
        Operation::Scan(scan) => scan::run(scan, &out),
        Operation::Transform(transform) => transform::run(transform, &out),
        Operation::Assemble(assemble) => layouts::assemble(assemble, &out),
        Operation::HfCache(cache) => layouts::hf_cache(cache, &out),
        Operation::OllamaStore(store) => layouts::ollama_store(store, &out),
    }
}

#[allow(clippy::disallowed_methods, reason = "the environment is the binary's")]
fn attributes() -> Result<Attributes> {
    let json_file = std::env::var_os("NIX_ATTRS_JSON_FILE");
    let build_top = std::env::var_os("NIX_BUILD_TOP");
    for path in attributes::locate(json_file.as_deref(), build_top.as_deref()) {
        if let Some(bytes) = settings::bytes(&path, attributes::LONGEST)? {
            return Attributes::parse(&bytes);
        }
    }
    Err(Error::new(Kind::Usage, "there are no structured attributes; this program is run by Nix")
        .with_hint("use nix-ai-model.lib.fetchModel, whose derivations set __structuredAttrs"))
}

#[allow(clippy::disallowed_methods, reason = "the build log is the binary's")]
fn tell(error: &Error) {
    let mut log = std::io::stderr().lock();
    let _ = writeln!(log, "error: {}", error.message());
    let mut cause = error.source();
    while let Some(source) = cause {
        let _ = writeln!(log, "  because: {}", escape(&source.to_string()));
        cause = source.source();
    }
    if let Some(hint) = error.hint() {
        let _ = writeln!(log, "  hint: {hint}");
    }
}
