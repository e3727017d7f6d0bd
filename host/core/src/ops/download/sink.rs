//! Where a file's bytes pass: hashed in order, written once, counted.
//!
//! Bytes are gathered into blocks. While one is gathered, the one before it is
//! written, hashed, and taken by the tree's digest, on threads of their own.
//! Blocks that come ahead of their turn are written, and read back for hashing
//! when it comes, soon after and from the system's cache.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::task::Poll;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _, OptionFuture};

use super::Download;
use super::batch::Batch;
use super::verify::{algorithms, compare};
use crate::digest::{Digest, Hasher};
use crate::fetched::FetchedFile;
use crate::frontier::{Frontier, SHORT};
use crate::journal::{BLOCK, Block, checksum};
use crate::plan::Plan;
use crate::ports::{Event, Partial, Reporter, Sink, Workers};
use crate::{Error, Kind, Result};

pub(super) struct FileSink {
    plan: Arc<Plan>,
    index: usize,
    partial: Box<dyn Partial>,
    /// The digest of what was hashed, but while a stage has it.
    hasher: Option<Hasher>,
    fresh: Hasher,
    /// Whether a digest decides in the end what the bytes are.
    judged: bool,
    /// The size as the plan has it.
    planned: Option<u64>,
    /// The size as the plan or the server of these bytes has it.
    size: Option<u64>,
    /// Bytes that were hashed, or are by the stage.
    hashed: u64,
    /// What follows them.
    batch: Batch,
    /// What comes ahead and is not written yet, by its offset.
    ahead: BTreeMap<u64, Batch>,
    stage: Option<Stage>,
    workers: Arc<dyn Workers>,
    reporter: Arc<dyn Reporter>,
    frontier: Option<Arc<Frontier>>,
}

/// One block on its way.
struct Stage {
    write: OptionFuture<BoxFuture<'static, Result<()>>>,
    hash: BoxFuture<'static, Result<Hasher>>,
    tree: OptionFuture<BoxFuture<'static, Result<()>>>,
}

impl FileSink {
    pub(super) fn new(
        download: &Download,
        index: usize,
        expected: &[Digest],
        partial: Box<dyn Partial>,
        frontier: Option<Arc<Frontier>>,
    ) -> Self {
        let size = download.plan.files[index].size;
        let fresh = Hasher::new(algorithms(expected), size);
        Self {
            plan: download.plan.clone(),
            index,
            partial,
            hasher: Some(fresh.clone()),
            fresh,
            judged: !expected.is_empty(),
            planned: size,
            size,
            hashed: 0,
            batch: Batch::default(),
            ahead: BTreeMap::new(),
            stage: None,
            workers: download.workers.clone(),
            reporter: download.reporter.clone(),
            frontier,
        }
    }

    /// Takes up what an earlier run left, or drops it where nothing could say
    /// that it is of this file.
    pub(super) async fn resume(&mut self) -> Result<()> {
        let journal = self.partial.journal();
        if journal.held() == 0 {
            return Ok(());
        }
        let known = self.judged || journal.validator().is_some();
        if !known || self.size.is_some_and(|size| journal.end() > size) {
            return self.partial.clear().await;
        }
        self.absorb().await
    }

    /// Bytes that are here, in order or not.
    pub(super) fn held(&self) -> u64 {
        let gathered = self.ahead.values().map(Batch::length).sum::<usize>() + self.batch.length();
        self.partial.journal().held() + gathered as u64
    }

    /// Whether every byte is here.
    pub(super) fn is_whole(&self) -> bool {
        self.size == Some(self.position())
    }

    /// Forgets a size that a server said: another one is asked now. What came
    /// from the first one is judged with the rest.
    pub(super) fn turn_elsewhere(&mut self) {
        self.size = self.planned;
    }

    /// Waits until what was gathered is left for a later run: this one failed.
    pub(super) async fn leave(&mut self) {
        // That the disk does not take it changes nothing of the failure.
        let _ = self.flush().await;
        let _ = self.settle().await;
    }

    /// Verifies all bytes. The outer error is the disk's, the inner one says
    /// that the bytes are wrong.
    pub(super) async fn verify(&mut self, expected: &[Digest]) -> Result<Result<FetchedFile>> {
        self.flush().await?;
        self.settle().await?;
        let found = self.hasher.clone().ok_or_else(lost)?.finish();
        let file = &self.plan.files[self.index];
        let verified = compare(&self.plan, file, self.hashed, &found, expected);
        if verified.is_ok() {
            self.partial.seal().await?;
        }
        Ok(verified)
    }

    /// Takes what is here from the position on: blocks, and what was gathered.
    async fn absorb(&mut self) -> Result<()> {
        loop {
            if let Some(batch) = self.ahead.remove(&self.position()) {
                self.batch.extend(batch);
                self.flush_full().await?;
                continue;
            }
            let position = self.position();
            let Some(block) = self.partial.journal().block(position) else { return Ok(()) };
            // Its turn comes behind what was gathered.
            self.flush().await?;
            match self.read(position, block).await? {
                Some(bytes) => self.begin(vec![bytes], false).await?,
                None => self.partial.forget(position),
            }
        }
    }

    /// A block's bytes, where they are those that were recorded.
    async fn read(&mut self, offset: u64, block: Block) -> Result<Option<Bytes>> {
        let length = usize::try_from(block.length).unwrap_or(usize::MAX);
        let mut bytes = self.partial.read(offset, length).await?;
        while bytes.len() < length {
            let next = offset + bytes.len() as u64;
            let more = self.partial.read(next, length - bytes.len()).await?;
            if more.is_empty() {
                return Ok(None);
            }
            bytes = [bytes, more].concat().into();
        }
        let intact = block.checksum.is_none_or(|wanted| checksum([&bytes]) == wanted);
        Ok(intact.then_some(bytes))
    }

    async fn flush_full(&mut self) -> Result<()> {
        if self.batch.length() >= BLOCK { self.flush().await } else { Ok(()) }
    }

    /// Begins a stage with what was gathered.
    async fn flush(&mut self) -> Result<()> {
        if self.batch.length() == 0 {
            return Ok(());
        }
        let block = std::mem::take(&mut self.batch).into_pieces();
        self.begin(block, true).await
    }

    /// Begins to write (where it is not there yet) and to hash a block.
    async fn begin(&mut self, block: Vec<Bytes>, write: bool) -> Result<()> {
        self.settle().await?;
        let offset = self.hashed;
        let length: usize = block.iter().map(Bytes::len).sum();
        let write = write.then(|| self.partial.write(offset, block.clone()));
        let tree = match (&self.frontier, self.size) {
            (Some(frontier), Some(size)) => {
                let partial = &mut *self.partial;
                let turn =
                    frontier.has_come(self.index, size, offset, partial, &*self.workers).await?;
                turn.then(|| {
                    let (frontier, index) = (frontier.clone(), self.index);
                    let (block, workers) = (block.clone(), self.workers.clone());
                    async move { frontier.feed(index, offset, block, workers).await }.boxed()
                })
            }
            _ => None,
        };
        let mut hasher = self.hasher.take().ok_or_else(lost)?;
        let hash = move || {
            block.iter().for_each(|piece| hasher.update(piece));
            hasher
        };
        let hash = if length < SHORT {
            futures::future::ready(Ok(hash())).boxed()
        } else {
            self.workers.begin(hash).boxed()
        };
        self.stage = Some(Stage { write: write.into(), hash, tree: begun(tree).await?.into() });
        self.hashed += length as u64;
        Ok(())
    }

    /// Waits for the stage.
    async fn settle(&mut self) -> Result<()> {
        let Some(Stage { write, hash, tree }) = self.stage.take() else { return Ok(()) };
        let (written, hashed, taken) = futures::join!(write, hash, tree);
        self.hasher = Some(hashed?);
        written.transpose()?;
        taken.transpose()?;
        Ok(())
    }

    /// Writes a part that is ahead, once it is a block.
    async fn gather(&mut self, offset: u64, bytes: Bytes) -> Result<()> {
        let before = self.ahead.range(..=offset).next_back();
        let begin = match before {
            Some((begin, batch)) if begin + batch.length() as u64 == offset => *begin,
            _ => offset,
        };
        let batch = self.ahead.entry(begin).or_default();
        batch.push(bytes);
        if batch.length() >= BLOCK {
            let block = self.ahead.remove(&begin).unwrap_or_default().into_pieces();
            self.partial.write(begin, block).await?;
        }
        Ok(())
    }

    fn check_size(&self, end: u64) -> Result<()> {
        match self.size {
            Some(size) if end > size => Err(Error::new(
                Kind::HashMismatch,
                format!("the server sent more than the {size} bytes that the file has"),
            )
            .with_hint(
                "the server's copy is not what was planned; try again later or another mirror",
            )),
            _ => Ok(()),
        }
    }
}

/// Sets a future going, for which it has to be looked at once.
async fn begun(
    future: Option<BoxFuture<'static, Result<()>>>,
) -> Result<Option<BoxFuture<'static, Result<()>>>> {
    let Some(mut future) = future else { return Ok(None) };
    match futures::poll!(&mut future) {
        Poll::Ready(done) => done.map(|()| None),
        Poll::Pending => Ok(Some(future)),
    }
}

fn lost() -> Error {
    Error::new(Kind::Internal, "the digest of a file was lost")
}

#[async_trait]
impl Sink for FileSink {
    fn position(&self) -> u64 {
        self.hashed + self.batch.length() as u64
    }

    fn gap(&self, from: u64) -> Range<u64> {
        let mut gap = from.max(self.position())..u64::MAX;
        loop {
            let before = gap.clone();
            let written = self.partial.journal().gap(gap.start);
            gap = written.start..written.end.min(gap.end);
            for (begin, batch) in &self.ahead {
                let end = begin + batch.length() as u64;
                if (*begin..end).contains(&gap.start) {
                    gap = end..u64::MAX;
                } else if *begin > gap.start {
                    gap.end = gap.end.min(*begin);
                    break;
                }
            }
            if gap.start == before.start {
                return gap;
            }
            gap.end = u64::MAX;
        }
    }

    fn validator(&self) -> Option<String> {
        self.partial.journal().validator().map(str::to_owned)
    }

    fn identify(&mut self, validator: &str) -> Result<()> {
        if self.partial.journal().validator() == Some(validator) {
            return Ok(());
        }
        self.partial.identify(validator)
    }

    fn is_judged(&self) -> bool {
        self.judged
    }

    fn announce(&mut self, size: u64) {
        self.size.get_or_insert(size);
    }

    async fn write(&mut self, offset: u64, mut bytes: Bytes) -> Result<()> {
        self.check_size(offset + bytes.len() as u64)?;
        if offset == self.position() {
            while let Some(more) = self.batch.fill(bytes) {
                bytes = more;
                self.flush().await?;
            }
            self.flush_full().await?;
            self.absorb().await?;
        } else if offset > self.position() {
            self.gather(offset, bytes).await?;
        } else {
            return Err(Error::new(Kind::Internal, "bytes that are here came once more"));
        }
        let done = self.held();
        self.reporter.event(Event::Progress { file: self.index, done, total: self.size });
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.settle().await?;
        self.partial.clear().await?;
        self.batch = Batch::default();
        self.ahead.clear();
        self.hashed = 0;
        self.size = self.planned;
        self.hasher = Some(self.fresh.clone());
        if let Some(frontier) = &self.frontier {
            frontier.rewind(self.index).await;
        }
        self.reporter.event(Event::Progress { file: self.index, done: 0, total: self.size });
        Ok(())
    }
}

/// What was gathered is left for the next run, also where this one fails or is
/// interrupted.
impl Drop for FileSink {
    fn drop(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        if batch.length() > 0 {
            self.partial.leave(self.hashed, batch.into_pieces());
        }
        for (offset, batch) in std::mem::take(&mut self.ahead) {
            self.partial.leave(offset, batch.into_pieces());
        }
    }
}
