//! The fixed outputs: a model's files or one of them, and a plugin's component.
#![allow(clippy::disallowed_methods, reason = "the environment and the build log are the binary's")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix_ai_model_core::ports::Reporter;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::BuildLog;
use nix_ai_model_nix::attributes::{Fetch, FetchComponent};
use nix_ai_model_store::OutputFile;
use nix_ai_model_wiring::{Environment, Plugins, Sources};

use crate::build::Build;

/// How long the end waits for threads that still work.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn model(fetch: Fetch, out: &Path) -> Result<()> {
    let log: Arc<dyn Reporter> = Arc::new(BuildLog::new(std::io::stderr()));
    block_on(Build::new(fetch, out, log).run())
}

/// Nix compares the hash itself, and prints what it got.
pub(crate) fn component(fetch: &FetchComponent, out: &Path) -> Result<()> {
    let build = async {
        let environment = Environment::new(std::env::vars_os());
        let sources = Sources::new(&environment, Plugins::default(), Vec::new(), None)?;
        let component = sources.component(&fetch.component).await?;
        OutputFile::create(out)?.write(&component)
    };
    block_on(build).map_err(|error| error.within(format_args!("plugin {}", escape(&fetch.plugin))))
}

pub(crate) fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
            Error::new(Kind::Internal, "no threads could be started").caused_by(error)
        })?;
    let done = runtime.block_on(work);
    // What is being written is worth a moment.
    runtime.shutdown_timeout(PATIENCE);
    done
}
