//! From a scanner's name to a scanner that may be asked.

use std::borrow::Cow;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use nix_ai_model_builtin::Kind as PluginKind;
use nix_ai_model_core::ports::Scanner;
use nix_ai_model_core::scan::{Allow, Date};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_runtime::{Limits, PluginScanner, Runtime, calls_at_once};
use nix_ai_model_store::settings;

use crate::plugins::builtin_plugins;
use crate::sources::Sources;

/// Sets of scanners: their names, and who is in them.
const SETS: [(&str, &[&str]); 2] =
    [("pickle", &["pickle-scan"]), ("model", &["model-scan", "code-scan"])];
/// The most calls of scanners at once.
const MOST_JOBS: usize = 32;

impl Sources {
    /// The scanners of these names, each once, in the order they are named:
    /// plugins, or a set of them; all that are built in where none is named.
    ///
    /// # Errors
    /// [`Kind::Usage`] where there is no such scanner, or it is a source.
    pub async fn scanners(&self, names: &[String]) -> Result<Vec<Arc<dyn Scanner>>> {
        let mut wanted: Vec<&str> = Vec::new();
        for name in names {
            match SETS.iter().find(|(set, _)| set == name) {
                Some((_, members)) => wanted.extend(*members),
                None => wanted.push(name),
            }
        }
        if names.is_empty() {
            wanted = builtin_plugins(PluginKind::Scanner).collect();
        }
        let mut components = Vec::new();
        for (number, name) in wanted.iter().enumerate() {
            if !wanted[..number].contains(name) {
                let (component, _) = self.granted_component(name, PluginKind::Scanner).await?;
                components.push((*name, component));
            }
        }
        self.opened(&components)
    }

    /// Side by side: each has megabytes of machine code, which are digested.
    fn opened(&self, components: &[(&str, Cow<'_, [u8]>)]) -> Result<Vec<Arc<dyn Scanner>>> {
        let runtime = &Runtime::new(Limits::default())?;
        let open = |name: &str, component: &[u8]| -> Result<Arc<dyn Scanner>> {
            Ok(Arc::new(PluginScanner::new(self.open(name, component, runtime)?, "")?))
        };
        let open = &open;
        std::thread::scope(|scope| {
            let opening: Vec<_> = components
                .iter()
                .map(|(name, component)| scope.spawn(move || open(name, component)))
                .collect();
            let opened = opening.into_iter().map(|thread| thread.join());
            opened
                .map(|opened| {
                    opened.map_err(|_| Error::new(Kind::Internal, "opening a scanner panicked"))?
                })
                .collect()
        })
    }
}

/// The entries of a file that say which findings are let pass.
///
/// # Errors
/// [`Kind::NotFound`] where there is none; [`Kind::Usage`] where it is malformed.
pub fn allow(path: &Path) -> Result<Allow> {
    let shown = escape(&path.to_string_lossy());
    let text = settings::text(path)?.ok_or_else(|| {
        Error::new(Kind::NotFound, format!("there is no file of allowances \"{shown}\""))
            .with_hint("check the path")
    })?;
    Allow::parse(&text).map_err(|error| error.within(format_args!("\"{shown}\"")))
}

/// The day that it is, in UTC.
pub fn today() -> Date {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    Date::of_unix_seconds(now.map_or(0, |now| now.as_secs()))
}

/// Calls of scanners at once: one for each core, where there is room for them.
pub fn jobs() -> NonZeroUsize {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let most = cores.min(NonZeroUsize::new(MOST_JOBS).unwrap_or(NonZeroUsize::MIN));
    calls_at_once().map_or(most, |room| most.min(room))
}
