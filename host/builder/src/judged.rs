//! A depot whose finished files wait for a verdict.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use nix_ai_model_core::Result;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::{Depot, Files, Partial, PartialKey, Placement};

/// Publishes what a download has finished only when it is told to, so that what
/// is judged and found wrong is still there as partials.
pub(crate) struct Judged {
    depot: Arc<dyn Depot>,
    finished: Mutex<Vec<Placement>>,
}

impl Judged {
    pub(crate) fn new(depot: Arc<dyn Depot>) -> Self {
        Self { depot, finished: Mutex::default() }
    }

    /// Publishes what was finished.
    pub(crate) async fn release(&self) -> Result<()> {
        let finished = self.finished.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.depot.publish(&finished).await
    }
}

#[async_trait]
impl Depot for Judged {
    async fn free_space(&self) -> Result<u64> {
        self.depot.free_space().await
    }

    async fn held(&self, key: &PartialKey) -> Result<u64> {
        self.depot.held(key).await
    }

    async fn holder(&self, key: &PartialKey) -> Result<Option<String>> {
        self.depot.holder(key).await
    }

    async fn open(&self, key: &PartialKey, size: Option<u64>) -> Result<Box<dyn Partial>> {
        self.depot.open(key, size).await
    }

    fn sealed(&self, key: &PartialKey, path: &FilePath) -> Result<Arc<dyn Files>> {
        self.depot.sealed(key, path)
    }

    async fn discard(&self, key: &PartialKey) -> Result<()> {
        self.depot.discard(key).await
    }

    async fn publish(&self, placements: &[Placement]) -> Result<()> {
        placements.clone_into(&mut self.finished.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}
