//! Which partials are open in this process.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use nix_ai_model_core::Result;
use nix_ai_model_core::ports::{PartialKey, Placement};

use super::in_use;

#[derive(Debug, Clone, Default)]
pub(super) struct InUse(Arc<Mutex<HashSet<PartialKey>>>);

/// Keeps a partial for its holder alone.
#[derive(Debug)]
pub(super) struct Guard {
    set: InUse,
    key: PartialKey,
}

impl InUse {
    pub(super) fn take(&self, key: &PartialKey) -> Result<Guard> {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if set.insert(key.clone()) {
            Ok(Guard { set: self.clone(), key: key.clone() })
        } else {
            Err(in_use(key))
        }
    }

    /// Takes every partial of the placements, each once.
    pub(super) fn take_all(&self, placements: &[Placement]) -> Result<Vec<Guard>> {
        let keys: HashSet<&PartialKey> = placements.iter().map(|one| &one.key).collect();
        keys.into_iter().map(|key| self.take(key)).collect()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.set.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl super::partial::Guard for Guard {
    fn check(&self) -> Result<()> {
        Ok(())
    }
}
