//! One file: resumed, fetched, verified.

use std::sync::Arc;

use bytes::Bytes;

use super::sink::FileSink;
use super::{Download, Job};
use crate::digest::Digest;
use crate::fetched::FetchedFile;
use crate::frontier::Frontier;
use crate::plan::{Download as Request, Locator, PlannedFile, RawLocator, check_download};
use crate::ports::{Event, Sink as _};
use crate::{Error, Kind, Result};

impl Download {
    pub(super) async fn fetch(
        self: Arc<Self>,
        job: Job,
        frontier: Option<Arc<Frontier>>,
    ) -> Result<(Job, FetchedFile)> {
        let index = job.files[0];
        let expected = self.expected_of(&job);
        let planned = &self.plan.files[index];
        if !self.is_small(&job)
            && let Some(holder) = self.depot.holder(&job.key).await?
        {
            let note = format!("\"{}\" is being fetched by process {holder}", planned.path);
            self.reporter.event(Event::Note(&format!("{note}; waiting for it")));
        }
        let partial = self.depot.open(&job.key, planned.size).await?;
        let mut sink = FileSink::new(&self, index, &expected, partial, frontier.clone());
        let filled = self.fill(&mut sink, index, &expected).await;
        if filled.is_err() {
            sink.leave().await;
        }
        let fetched = filled.map_err(|error| {
            error.within(format_args!(
                "{}: file \"{}\"",
                self.plan.source, self.plan.files[index].path
            ))
        })?;
        drop(sink);
        if let Some(frontier) = frontier {
            let (depot, workers) = (&*self.depot, &*self.workers);
            frontier.complete(&job.files, fetched.size, &job.key, depot, workers).await?;
        }
        for file in &job.files {
            if let Some(inspector) = &self.inspector {
                inspector.begin(self.depot.sealed(&job.key, &self.plan.files[*file].path)?);
            }
            self.reporter.event(Event::Verified { file: *file });
        }
        Ok((job, fetched))
    }

    /// Files that share their bytes share their digests too.
    pub(super) fn expected_of(&self, job: &Job) -> Vec<Digest> {
        let mut expected: Vec<Digest> =
            job.files.iter().flat_map(|index| self.expected(&self.plan.files[*index])).collect();
        expected.sort_unstable();
        expected.dedup();
        expected
    }

    /// Fills the sink with the file's bytes and verifies them: from where it
    /// was planned, else from its mirrors in turn.
    async fn fill(
        &self,
        sink: &mut FileSink,
        index: usize,
        expected: &[Digest],
    ) -> Result<FetchedFile> {
        let file = &self.plan.files[index];
        sink.resume().await?;
        self.reporter.event(Event::Started { file: index, resumed: sink.held() });
        let mut mirrors = file.mirrors.iter();
        let mut mirror = None;
        loop {
            let error = match self.fill_from(mirror, sink, file, expected).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            mirror = match mirrors.next() {
                Some(next) if differs_elsewhere(error.kind()) => Some(next),
                _ => return Err(error),
            };
            self.reporter.event(Event::Note(&format!("{error}; trying the next mirror")));
        }
    }

    /// Fills the sink from one place.
    async fn fill_from(
        &self,
        mirror: Option<&Request>,
        sink: &mut FileSink,
        file: &PlannedFile,
        expected: &[Digest],
    ) -> Result<FetchedFile> {
        let earlier = sink.held();
        sink.turn_elsewhere();
        if !sink.is_whole() {
            self.fetch_bytes(mirror, sink, file).await?;
        }
        let first = sink.verify(expected).await?;
        match first {
            Err(_) if earlier > 0 => {
                // What came earlier may be what is wrong: once more from the start.
                self.reporter.event(Event::Note(&format!(
                    "the partial of \"{}\" does not verify; it is fetched from the start",
                    file.path
                )));
                sink.restart().await?;
                self.fetch_bytes(mirror, sink, file).await?;
                match sink.verify(expected).await? {
                    Ok(fetched) => Ok(fetched),
                    Err(error) => self.reject(sink, error).await,
                }
            }
            Err(error) => self.reject(sink, error).await,
            Ok(fetched) => Ok(fetched),
        }
    }

    /// Wrong bytes are not kept for a later run.
    async fn reject(&self, sink: &mut FileSink, error: Error) -> Result<FetchedFile> {
        sink.restart().await?;
        Err(error)
    }

    async fn fetch_bytes(
        &self,
        mirror: Option<&Request>,
        sink: &mut FileSink,
        file: &PlannedFile,
    ) -> Result<()> {
        if let Some(mirror) = mirror {
            return self.transfer.transfer(mirror, file.size, sink, &*self.reporter).await;
        }
        match &file.locator {
            Locator::Inline(bytes) => {
                sink.restart().await?;
                sink.announce(bytes.len() as u64);
                sink.write(0, Bytes::clone(bytes)).await
            }
            Locator::Object(object) => {
                self.transfer.object(object, file.size, sink, &*self.reporter).await
            }
            Locator::Download(request) => self.fetch_located(request, sink, file).await,
        }
    }

    /// A URL that expired is refused; the source knows a fresh one. One that
    /// was fresh and brought nothing is refused for another reason.
    async fn fetch_located(
        &self,
        planned: &Request,
        sink: &mut FileSink,
        file: &PlannedFile,
    ) -> Result<()> {
        let mut fresh = None;
        loop {
            let begin = sink.position();
            let request = fresh.as_ref().unwrap_or(planned);
            let outcome = self.transfer.transfer(request, file.size, sink, &*self.reporter).await;
            let useless = fresh.is_some() && sink.position() <= begin;
            match outcome {
                Err(error) if error.kind() == Kind::Unauthorized && !useless => {
                    let Some(located) = self.locate(file).await else { return Err(error) };
                    fresh = Some(located?);
                }
                other => return other,
            }
        }
    }

    /// A fresh request for a file, or none where the source's do not expire.
    async fn locate(&self, file: &PlannedFile) -> Option<Result<Request>> {
        let located = self.source.locate(&self.spec, &self.plan.pin, &[file.path.as_str()]).await;
        match located {
            Err(error) if error.kind() == Kind::Unsupported => None,
            Err(error) => Some(Err(error)),
            Ok(mut locators) => match (locators.pop(), locators.is_empty()) {
                (Some(RawLocator::Download { url, headers, credential }), true) => {
                    Some(check_download(&url, headers, credential, &self.grant))
                }
                _ => Some(Err(Error::new(
                    Kind::Refused,
                    format!("{} named no single URL for \"{}\"", self.grant.holder, file.path),
                ))),
            },
        }
    }
}

/// Whether another server may do better where one failed so.
const fn differs_elsewhere(kind: Kind) -> bool {
    !matches!(kind, Kind::Disk | Kind::Interrupted | Kind::Internal | Kind::Usage)
}
