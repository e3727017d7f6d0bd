//! Digests a tree while its files still arrive.
//!
//! A tree's digest takes its files in order, but they are fetched side by
//! side. The frontier is the first file that is not digested whole: its bytes
//! are taken as they are written, those of files that completed ahead of it
//! are read back when their turn comes, beside the downloads that go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use futures::lock::Mutex;

use crate::digest::Digest;
use crate::journal::BLOCK;
use crate::plan::Plan;
use crate::ports::{Depot, Partial, PartialKey, TreeHasher, Workers};
use crate::{Error, Kind, Result};

/// How much of a file is read back beside a block that arrives, in bytes: then
/// it comes to its turn soon, and its connection does not wait long.
const CATCH_UP: u64 = 4 << 20;
/// What is shorter is hashed where it is: handing it on would take as long.
pub(crate) const SHORT: usize = 64 << 10;

/// The running digest of a plan's tree.
pub struct Frontier {
    plan: Arc<Plan>,
    /// The file whose turn it is; changed only under the lock, read without it
    /// so that other files' writers never wait.
    turn: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    /// Of all bytes taken; away while a thread feeds it.
    hasher: Option<Box<dyn TreeHasher>>,
    hashing: Option<BoxFuture<'static, Result<Box<dyn TreeHasher>>>>,
    begun: Option<Begun>,
    /// Sizes and keys of completed files.
    complete: Vec<Option<(u64, PartialKey)>>,
}

/// The file at the frontier.
struct Begun {
    /// The digest before it.
    before: Box<dyn TreeHasher>,
    /// Its size, which the digest takes first.
    size: u64,
    /// How much of it was taken.
    taken: u64,
}

impl Frontier {
    /// A frontier before the first file of the plan.
    pub fn new(plan: Arc<Plan>, hasher: Box<dyn TreeHasher>) -> Self {
        let complete = vec![None; plan.files.len()];
        Self {
            plan,
            turn: AtomicUsize::new(0),
            state: Mutex::new(State { hasher: Some(hasher), hashing: None, begun: None, complete }),
        }
    }

    /// Whether the turn of file `index` has come and all before `offset` was
    /// taken, so that what is there can be fed. Where the turn has come since,
    /// some of the bytes before are read back first: no more at once than the
    /// connection can wait for.
    ///
    /// # Errors
    /// [`Kind::Disk`].
    pub async fn has_come(
        &self,
        index: usize,
        size: u64,
        offset: u64,
        partial: &mut dyn Partial,
        workers: &dyn Workers,
    ) -> Result<bool> {
        if self.turn.load(Ordering::Acquire) != index {
            return Ok(false);
        }
        let mut state = self.state.lock().await;
        if self.turn.load(Ordering::Acquire) != index {
            return Ok(false);
        }
        let taken = state.begin(&self.plan, index, size)?;
        let now = offset.min(taken.saturating_add(CATCH_UP));
        Ok(state.read_back(partial, taken, now, workers).await? == offset)
    }

    /// Takes the bytes at `offset` of file `index`, whose turn has come, on
    /// another thread.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub async fn feed(
        self: Arc<Self>,
        index: usize,
        offset: u64,
        block: Vec<Bytes>,
        workers: Arc<dyn Workers>,
    ) -> Result<()> {
        let mut state = self.state.lock().await;
        debug_assert_eq!(self.turn.load(Ordering::Acquire), index);
        debug_assert_eq!(state.begun.as_ref().map(|begun| begun.taken), Some(offset));
        state.begin_hashing(block, &*workers)?;
        state.settle().await
    }

    /// Forgets what was taken of file `index`: it starts over.
    pub async fn rewind(&self, index: usize) {
        if self.turn.load(Ordering::Acquire) == index {
            let mut state = self.state.lock().await;
            if let Some(begun) = state.begun.take() {
                state.hasher = Some(begun.before);
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
        workers: &dyn Workers,
    ) -> Result<()> {
        let mut state = self.state.lock().await;
        for file in files {
            state.complete[*file] = Some((size, key.clone()));
        }
        loop {
            let turn = self.turn.load(Ordering::Acquire);
            let Some(Some((size, key))) = state.complete.get(turn).cloned() else { return Ok(()) };
            let taken = state.begin(&self.plan, turn, size)?;
            if taken < size {
                let mut partial = depot.open(&key, Some(size)).await?;
                state.read_back(&mut *partial, taken, size, workers).await?;
            }
            state.hasher()?.end();
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
        match &state.hasher {
            Some(hasher) => Ok(hasher.snapshot().finish()),
            None => Err(lost()),
        }
    }
}

impl State {
    fn hasher(&mut self) -> Result<&mut Box<dyn TreeHasher>> {
        self.hasher.as_mut().ok_or_else(lost)
    }

    /// Begins file `index` where that was not done, and says how many of its
    /// bytes were taken.
    fn begin(&mut self, plan: &Plan, index: usize, size: u64) -> Result<u64> {
        match self.begun.take() {
            Some(begun) if begun.size == size => {
                let taken = begun.taken;
                self.begun = Some(begun);
                return Ok(taken);
            }
            // The server that said so is not the one whose bytes these are.
            Some(begun) => self.hasher = Some(begun.before),
            None => {}
        }
        let file = &plan.files[index];
        let hasher = self.hasher()?;
        let before = hasher.snapshot();
        hasher.begin(&file.path, size, file.executable);
        self.begun = Some(Begun { before, size, taken: 0 });
        Ok(0)
    }

    /// Takes bytes that are on disk: while a block is hashed the next is read.
    async fn read_back(
        &mut self,
        partial: &mut dyn Partial,
        from: u64,
        to: u64,
        workers: &dyn Workers,
    ) -> Result<u64> {
        let mut offset = from;
        while offset < to {
            let wanted = usize::try_from(to - offset).unwrap_or(BLOCK).min(BLOCK);
            let bytes = partial.read(offset, wanted).await?;
            if bytes.is_empty() {
                return Err(Error::new(
                    Kind::Disk,
                    "a verified file became shorter while it was digested",
                ));
            }
            offset += bytes.len() as u64;
            self.settle().await?;
            self.begin_hashing(vec![bytes], workers)?;
        }
        self.settle().await?;
        Ok(offset)
    }

    /// Begins to hash a block on another thread.
    fn begin_hashing(&mut self, block: Vec<Bytes>, workers: &dyn Workers) -> Result<()> {
        let length: usize = block.iter().map(Bytes::len).sum();
        if let Some(begun) = &mut self.begun {
            begun.taken += length as u64;
        }
        let mut hasher = self.hasher.take().ok_or_else(lost)?;
        let hash = move || {
            block.iter().for_each(|piece| hasher.update(piece));
            hasher
        };
        if length < SHORT {
            self.hasher = Some(hash());
        } else {
            self.hashing = Some(workers.begin(hash).boxed());
        }
        Ok(())
    }

    /// Waits for the block that is being hashed.
    async fn settle(&mut self) -> Result<()> {
        if let Some(hashing) = self.hashing.take() {
            self.hasher = Some(hashing.await?);
        }
        Ok(())
    }
}

fn lost() -> Error {
    Error::new(Kind::Internal, "the digest of the tree was lost")
}
