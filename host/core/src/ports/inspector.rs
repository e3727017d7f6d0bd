use std::sync::Arc;

use async_trait::async_trait;

use super::Files;
use crate::Result;

/// Looks at a download's files before they are published.
#[async_trait]
pub trait Inspector: Send + Sync {
    /// A file is complete and verified; others are still fetched. Begins to
    /// look at it and does not wait.
    fn begin(&self, file: Arc<dyn Files>);

    /// All files were given. Waits for what was begun.
    ///
    /// # Errors
    /// [`crate::Kind::Findings`] where nothing may be published.
    async fn judge(&self) -> Result<()>;
}
