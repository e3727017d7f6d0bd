//! What a command works with: the user's settings, read once.
#![allow(clippy::disallowed_methods, reason = "the environment is the binary's")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use nix_ai_model_core::Result;
use nix_ai_model_core::plugin::Policy;
use nix_ai_model_core::ports::Reporter;
use nix_ai_model_store::PluginFolder;
use nix_ai_model_wiring::{Environment, Plugins, Sources, Transfers, policy};

use crate::arguments::Global;
use crate::output::Output;

/// The settings of this run.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) environment: Environment,
    pub(crate) reporter: Arc<dyn Reporter>,
    /// The project's lock file of plugins, where one is named.
    pub(crate) plugins_lock: Option<PathBuf>,
}

impl Context {
    pub(crate) fn new(global: &Global, output: Output) -> Self {
        let mut environment = Environment::new(std::env::vars_os());
        environment.allow_origins(&global.allow_origins);
        Self {
            output,
            environment,
            plugins_lock: global.plugins_lock.clone(),
            reporter: crate::progress::reporter(output, global),
        }
    }

    /// The sources, with compiled plugins from beside this executable or the
    /// user's cache.
    pub(crate) fn sources(&self) -> Result<Sources> {
        self.sources_moving(Transfers::default())
    }

    /// The same, moving bytes as the flags say.
    pub(crate) fn sources_moving(&self, transfers: Transfers) -> Result<Sources> {
        let mut environment = self.environment.clone();
        environment.transfers = transfers;
        let packaged = std::env::current_exe()
            .ok()
            .and_then(|path| Some(path.parent()?.parent()?.join("lib/nix-ai-model/artefacts")));
        let pinned = match &self.plugins_lock {
            None => BTreeMap::new(),
            Some(lock) => Plugins::lock(lock)?,
        };
        Sources::new(
            &environment,
            Plugins::new(pinned, self.plugins().ok())?,
            packaged.into_iter().collect(),
            self.environment.cache_dir().ok(),
        )
    }

    /// The plugins that this user installed.
    pub(crate) fn plugins(&self) -> Result<PluginFolder> {
        Ok(PluginFolder::at(self.environment.data_dir()?.join("plugins")))
    }

    /// The Nix store.
    pub(crate) fn store_folder(&self) -> PathBuf {
        self.environment.get("NIX_STORE_DIR").unwrap_or("/nix/store").into()
    }

    /// Whose plugins this user installs.
    pub(crate) fn policy(&self) -> Result<Policy> {
        policy(&self.environment)
    }
}
