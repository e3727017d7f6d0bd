//! Digests a tree while its files still arrive.
//!
//! A tree's digest takes its files in order, but they are fetched side by
//! side. The frontier is the first file that is not digested whole: its bytes
//! are taken as they are written, those of files that completed ahead of it
//! are read back when their turn comes, beside the downloads that go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::lock::Mutex;

use crate::digest::Digest;
use crate::ops::READ;
use crate::plan::Plan;
use crate::ports::{Depot, Partial, PartialKey, TreeHasher};
use crate::{Error, Kind, Result};

/// The running digest of a plan's tree.
pub struct Frontier {
    plan: Arc<Plan>,
    /// The file whose turn it is; changed only under the lock, read without it
    /// so that other files' writers never wait.
    turn: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    hasher: Box<dyn TreeHasher>,
    /// The state before the file at the frontier, and how much of it was taken.
    begun: Option<(Box<dyn TreeHasher>, u64)>,
    /// Sizes and keys of completed files.
    complete: Vec<Option<(u64, PartialKey)>>,
}

impl Frontier {
    /// A frontier before the first file of the plan.
    pub fn new(plan: Arc<Plan>, hasher: Box<dyn TreeHasher>) -> Self {
        let complete = vec![None; plan.files.len()];
        Self {
            plan,
            turn: AtomicUsize::new(0),
            state: Mutex::new(State { hasher, begun: None, complete }),
        }
    }

    /// Takes bytes that were just appended to the partial of file `index`,
    /// where its turn has come. Bytes before them are read back first.
    ///
    /// # Errors
    /// [`Kind::Disk`].
    pub async fn feed(
        &self,
        index: usize,
        size: u64,
        bytes: &[u8],
        partial: &mut dyn Partial,
    ) -> Result<()> {
        if self.turn.load(Ordering::Acquire) != index {
            return Ok(());
        }
        let mut state = self.state.lock().await;
        if self.turn.load(Ordering::Acquire) != index {
            return Ok(());
        }
        let taken = state.begin(&self.plan, index, size);
        let before = partial.length() - bytes.len() as u64;
        let taken = state.read_back(partial, taken, before).await?;
        debug_assert_eq!(taken, before, "bytes are fed in order");
        state.update(bytes);
        Ok(())
    }

    /// Forgets what was taken of file `index`: it starts over.
    pub async fn rewind(&self, index: usize) {
        if self.turn.load(Ordering::Acquire) == index {
            let mut state = self.state.lock().await;
            if let Some((before, _)) = state.begun.take() {
                state.hasher = before;
            }
        }
    }

    /// Says that files of the same bytes are verified, and takes all files
    /// whose turn has come by it.
    ///
    /// # Errors
    /// [`Kind::Disk`].
    pub async fn complete(
        &self,
        files: &[usize],
        size: u64,
        key: &PartialKey,
        depot: &dyn Depot,
    ) -> Result<()> {
        let mut state = self.state.lock().await;
        for file in files {
            state.complete[*file] = Some((size, key.clone()));
        }
        loop {
            let turn = self.turn.load(Ordering::Acquire);
            let Some(Some((size, key))) = state.complete.get(turn).cloned() else { return Ok(()) };
            let taken = state.begin(&self.plan, turn, size);
            if taken < size {
                let mut partial = depot.open(&key).await?;
                state.read_back(&mut *partial, taken, size).await?;
            }
            state.hasher.end();
            state.begun = None;
            self.turn.store(turn + 1, Ordering::Release);
        }
    }

    /// The digest, once every file is complete.
    ///
    /// # Errors
    /// [`Kind::Internal`] where one is not.
    pub async fn finish(&self) -> Result<Digest> {
        let state = self.state.lock().await;
        if self.turn.load(Ordering::Acquire) != self.plan.files.len() {
            return Err(Error::new(Kind::Internal, "the tree was not digested whole"));
        }
        Ok(state.hasher.snapshot().finish())
    }
}

impl State {
    /// Begins file `index` where that was not done, and says how many of its
    /// bytes were taken.
    fn begin(&mut self, plan: &Plan, index: usize, size: u64) -> u64 {
        if self.begun.is_none() {
            let file = &plan.files[index];
            self.begun = Some((self.hasher.snapshot(), 0));
            self.hasher.begin(&file.path, size, file.executable);
        }
        self.begun.as_ref().map_or(0, |(_, taken)| *taken)
    }

    fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        if let Some((_, taken)) = &mut self.begun {
            *taken += bytes.len() as u64;
        }
    }

    async fn read_back(&mut self, partial: &mut dyn Partial, from: u64, to: u64) -> Result<u64> {
        let mut offset = from;
        while offset < to {
            let wanted = usize::try_from(to - offset).unwrap_or(READ).min(READ);
            let bytes = partial.read(offset, wanted).await?;
            if bytes.is_empty() {
                return Err(Error::new(
                    Kind::Disk,
                    "a verified file became shorter while it was digested",
                ));
            }
            self.update(&bytes);
            offset += bytes.len() as u64;
        }
        Ok(offset)
    }
}
