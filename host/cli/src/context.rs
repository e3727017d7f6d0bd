//! What a command works with: the user's settings, read once.
#![allow(clippy::disallowed_methods, reason = "the environment is the binary's")]

use std::sync::Arc;

use nix_ai_model_core::Result;
use nix_ai_model_core::ports::Reporter;
use nix_ai_model_wiring::{Environment, Sources};

use crate::arguments::Global;
use crate::output::Output;

/// The settings of this run.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) environment: Environment,
    pub(crate) reporter: Arc<dyn Reporter>,
}

impl Context {
    pub(crate) fn new(global: &Global, output: Output) -> Self {
        let mut environment = Environment::new(std::env::vars_os());
        environment.allow_origins(&global.allow_origins);
        Self {
            output,
            environment,
            reporter: crate::progress::reporter(output, global.no_progress),
        }
    }

    /// The sources, with compiled plugins from beside this executable or the
    /// user's cache.
    pub(crate) fn sources(&self) -> Result<Sources> {
        let packaged = std::env::current_exe()
            .ok()
            .and_then(|path| Some(path.parent()?.parent()?.join("lib/nix-ai-model/artefacts")));
        Sources::new(
            &self.environment,
            packaged.into_iter().collect(),
            self.environment.cache_dir().ok(),
        )
    }
}
