//! Where a file's bytes pass: hashed, written, counted, once.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::Download;
use super::verify::{algorithms, compare};
use crate::digest::{Digest, Hasher};
use crate::fetched::FetchedFile;
use crate::frontier::Frontier;
use crate::plan::Plan;
use crate::ports::{Event, Partial, Reporter, Sink};
use crate::{Error, Kind, Result};

/// How much is read at once where bytes that are here are hashed again.
pub(crate) const READ: usize = 1 << 20;

pub(super) struct FileSink {
    plan: Arc<Plan>,
    index: usize,
    partial: Box<dyn Partial>,
    hasher: Hasher,
    fresh: Hasher,
    /// Bytes that could be verified later may be kept from an earlier run.
    resumable: bool,
    size: Option<u64>,
    reporter: Arc<dyn Reporter>,
    frontier: Option<Arc<Frontier>>,
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
            hasher: fresh.clone(),
            fresh,
            resumable: !expected.is_empty(),
            size,
            reporter: download.reporter.clone(),
            frontier,
        }
    }

    /// Takes up what an earlier run left, or drops it where it could not be
    /// verified at the end.
    pub(super) async fn resume(&mut self) -> Result<()> {
        let length = self.partial.length();
        if length == 0 {
            return Ok(());
        }
        if !self.resumable || self.size.is_some_and(|size| length > size) {
            return self.partial.truncate(0).await;
        }
        let mut offset = 0;
        while offset < length {
            let bytes = self.partial.read(offset, READ).await?;
            if bytes.is_empty() {
                return Err(Error::new(
                    Kind::Disk,
                    "a partial file became shorter while it was read",
                ));
            }
            self.hasher.update(&bytes);
            offset += bytes.len() as u64;
        }
        Ok(())
    }

    /// Verifies all bytes. The outer error is the disk's, the inner one says
    /// that the bytes are wrong.
    pub(super) async fn verify(&mut self, expected: &[Digest]) -> Result<Result<FetchedFile>> {
        let found = self.hasher.clone().finish();
        let file = &self.plan.files[self.index];
        let verified = compare(&self.plan, file, self.partial.length(), &found, expected);
        if verified.is_ok() {
            self.partial.seal().await?;
        }
        Ok(verified)
    }
}

#[async_trait]
impl Sink for FileSink {
    fn position(&self) -> u64 {
        self.partial.length()
    }

    fn announce(&mut self, size: u64) {
        self.size.get_or_insert(size);
    }

    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let offset = self.partial.length();
        let done = offset + bytes.len() as u64;
        if let Some(size) = self.size
            && done > size
        {
            return Err(Error::new(
                Kind::HashMismatch,
                format!("the server sent more than the {size} bytes that the file has"),
            )
            .with_hint(
                "the server's copy is not what was planned; try again later or another mirror",
            ));
        }
        self.partial.append(&bytes).await?;
        self.hasher.update(&bytes);
        if let (Some(frontier), Some(size)) = (&self.frontier, self.size) {
            frontier.feed(self.index, size, &bytes, &mut *self.partial).await?;
        }
        self.reporter.event(Event::Progress { file: self.index, done, total: self.size });
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        self.partial.truncate(0).await?;
        self.hasher = self.fresh.clone();
        if let Some(frontier) = &self.frontier {
            frontier.rewind(self.index).await;
        }
        self.reporter.event(Event::Progress { file: self.index, done: 0, total: self.size });
        Ok(())
    }
}
