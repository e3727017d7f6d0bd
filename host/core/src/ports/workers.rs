use futures::channel::oneshot;

use crate::{Error, Kind, Result};

/// Threads for what takes long to compute.
pub trait Workers: Send + Sync {
    /// Runs the work on one of them, beginning at once.
    fn run(&self, work: Box<dyn FnOnce() + Send>);
}

impl dyn Workers + '_ {
    /// Begins the work now; the future has its result.
    ///
    /// # Errors
    /// [`Kind::Internal`] where the work panicked.
    pub fn begin<T, W>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T>> + Send + 'static + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce() -> T + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        self.run(Box::new(move || {
            // Nobody waits where the download was dropped.
            let _ = tell.send(work());
        }));
        async move { told.await.map_err(|_| Error::new(Kind::Internal, "a computation did not finish")) }
    }
}

/// No threads: work is done where it is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct InPlace;

impl Workers for InPlace {
    fn run(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }
}
