//! Where a build keeps the bytes of a download that is not whole yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix_ai_model_core::ops::Pins;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::plan::Plan;
use nix_ai_model_core::ports::{Depot, Event, PartialKey, Reporter};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_nix::attributes::OnFailure;
use nix_ai_model_store::{OutputFile, Shelf, Target, own_folder};
use nix_ai_model_wiring::{CACHE_DIR, Environment};

/// The place that was chosen: a folder that outlives the build, or the output,
/// which Nix removes where the build fails.
pub(crate) struct Partials {
    folder: Option<PathBuf>,
    depot: Arc<dyn Depot>,
}

impl Partials {
    /// `persistPath` where bytes are to be kept, else the cache folder, where
    /// this build can write to them; and the log says why where it can't.
    pub(crate) fn choose(
        on_failure: &OnFailure,
        environment: &Environment,
        out: &Path,
        file: Option<&FilePath>,
        log: &dyn Reporter,
    ) -> Result<Self> {
        let persisted = on_failure.persist_path.clone().filter(|_| on_failure.may_persist());
        let cache = environment.get(CACHE_DIR).map(PathBuf::from);
        let cache = cache.filter(|path| path.is_absolute());
        let named = [(persisted, "persistPath"), (cache, CACHE_DIR)];
        let folder = named.into_iter().find_map(|(path, name)| usable(&path?, name, log));
        if folder.is_none() && on_failure.may_persist() {
            log.event(Event::Note(&format!(
                "warning: nothing of a failed download is kept: neither persistPath nor {CACHE_DIR} names a folder that this build can write to"
            )));
        }
        let depot: Arc<dyn Depot> = match (&folder, file) {
            (Some(folder), Some(_)) => Arc::new(Shelf::open(folder, &Target::file(out))?),
            (Some(folder), None) => Arc::new(Shelf::open(folder, &Target::output(out))?),
            (None, Some(_)) => Arc::new(OutputFile::create(out)?),
            (None, None) => Arc::new(Shelf::in_output(out)?),
        };
        Ok(Self { folder, depot })
    }

    /// Whether they can be found again by a later build.
    pub(crate) fn outlive(&self) -> bool {
        self.folder.is_some()
    }

    pub(crate) fn depot(&self) -> Arc<dyn Depot> {
        self.depot.clone()
    }

    /// Keeps what a failed download left, and says where, or removes it. What is
    /// in the output is Nix's to remove.
    pub(crate) async fn settle(
        &self,
        keys: &[PartialKey],
        keep: bool,
        log: &dyn Reporter,
        error: Error,
    ) -> Error {
        let Some(folder) = &self.folder else { return error };
        if !keep {
            for key in keys {
                if let Err(fault) = self.depot.discard(key).await {
                    log.event(Event::Note(&format!("warning: a partial file stays: {fault}")));
                }
            }
            return error;
        }
        let mut held = 0_u64;
        for key in keys {
            held = held.saturating_add(self.depot.held(key).await.unwrap_or(0));
        }
        if held == 0 {
            return error;
        }
        let next = error.hint().map(|hint| format!("{hint}; ")).unwrap_or_default();
        let folder = escape(&folder.to_string_lossy());
        error.with_hint(format!(
            "{next}{held} bytes are kept in {folder}: the next build goes on from there"
        ))
    }
}

/// What the partials of a plan's files are known by, as the download names them.
pub(crate) fn keys(plan: &Plan, pins: &Pins) -> Vec<PartialKey> {
    plan.files
        .iter()
        .map(|file| {
            let pin = pins.get(&file.path).map(|sri| sri.digest().clone());
            let expected: Vec<_> = file.digests.iter().cloned().chain(pin).collect();
            PartialKey::new(&expected, &plan.pin, &file.path)
        })
        .collect()
}

/// This build user's own folder below a folder that the user named.
fn usable(path: &Path, name: &str, log: &dyn Reporter) -> Option<PathBuf> {
    let error = match own_folder(path) {
        Ok(own) => return Some(own),
        Err(error) => error,
    };
    let shown = escape(&path.to_string_lossy());
    let remedy = match error.kind() {
        Kind::NotFound => {
            format!(
                "make the folder, mode 1777, and add `extra-sandbox-paths = {shown}` to nix.conf"
            )
        }
        _ => "the build users have to be able to write there: mode 1777, or 2770 and their group"
            .to_owned(),
    };
    log.event(Event::Note(&format!("warning: {name} is not used: {error}: {remedy}")));
    None
}
