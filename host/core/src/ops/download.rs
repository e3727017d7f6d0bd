//! Brings the bytes of a plan here: every file verified as it arrives, in one
//! pass, and resumed where an earlier run stopped.

mod batch;
mod file;
mod sink;
mod verify;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use futures::stream::{StreamExt as _, TryStreamExt as _};

use crate::digest::{Digest, Sri};
use crate::fetched::FetchedFile;
use crate::frontier::Frontier;
use crate::grant::Grant;
use crate::journal::BLOCK;
use crate::path::FilePath;
use crate::plan::{Plan, PlannedFile};
use crate::ports::{
    Depot, Event, Inspector, PartialKey, Placement, Reporter, Source, Transfer, TreeHasher, Workers,
};
use crate::spec::Spec;
use crate::{Error, Kind, Result};

/// Digests that the user pins file by file, checked beside what upstream says.
pub type Pins = BTreeMap<FilePath, Sri>;

/// A download and all it needs.
pub struct Download {
    /// What is fetched.
    pub plan: Arc<Plan>,
    /// What it was planned from.
    pub spec: Spec,
    /// Who is asked for fresh locators.
    pub source: Arc<dyn Source>,
    /// What the locators may name.
    pub grant: Grant,
    /// Moves bytes.
    pub transfer: Arc<dyn Transfer>,
    /// Keeps them.
    pub depot: Arc<dyn Depot>,
    /// Threads for digests.
    pub workers: Arc<dyn Workers>,
    /// Hears of it.
    pub reporter: Arc<dyn Reporter>,
    /// The user's own digests.
    pub pins: Pins,
    /// What the whole tree must hash to, where `tree` hashes it.
    pub expect: Option<Digest>,
    /// Looks at each file as soon as it is verified.
    pub inspector: Option<Arc<dyn Inspector>>,
    /// Files in flight at once; of small ones, whose time is waiting, so many
    /// more as [`SMALL_JOBS`] says.
    pub jobs: NonZeroUsize,
}

/// The longest file that counts as small, in bytes: it is one block.
const SMALL: u64 = BLOCK as u64;
/// Small files in flight at once, for each of the jobs.
pub const SMALL_JOBS: usize = 4;

/// The files of a plan that hold the same bytes, and are fetched once.
struct Job {
    key: PartialKey,
    /// Indices of the plan's files, in tree order; at least one.
    files: Vec<usize>,
}

impl Download {
    /// Fetches everything and publishes the tree. `tree` digests it on the way,
    /// where the caller wants that; its digest is the second value.
    ///
    /// # Errors
    /// [`Kind::Disk`] before the first byte where there is no room,
    /// [`Kind::HashMismatch`] where bytes are not what was published or
    /// pinned, [`Kind::Findings`] by the inspector, and whatever a transfer ends with. Partials are kept.
    pub async fn run(
        self,
        tree: Option<Box<dyn TreeHasher>>,
    ) -> Result<(Vec<FetchedFile>, Option<Digest>)> {
        let this = Arc::new(self);
        this.check_pins()?;
        let jobs = this.jobs();
        this.check_room(&jobs).await?;
        this.reporter.event(Event::Planned(&this.plan));
        let frontier = tree.map(|hasher| Arc::new(Frontier::new(this.plan.clone(), hasher)));
        let (small, large) = jobs.into_iter().partition(|job| this.is_small(job));
        let side_by_side = |jobs: Vec<Job>, most: usize| {
            futures::stream::iter(jobs)
                .map(|job| this.clone().fetch(job, frontier.clone()))
                .buffer_unordered(most)
        };
        let large = side_by_side(large, this.jobs.get());
        let small = side_by_side(small, this.jobs.get().saturating_mul(SMALL_JOBS));
        let fetched: Vec<(Job, FetchedFile)> =
            futures::stream::select(large, small).try_collect().await?;
        let digest = match frontier {
            Some(frontier) => Some(frontier.finish().await?),
            None => None,
        };
        if let Err(error) = this.check_tree(digest.as_ref()) {
            return Err(this.doubted(&fetched, error).await);
        }
        if let Some(inspector) = &this.inspector {
            inspector.judge().await?;
        }
        this.publish(&fetched).await?;
        Ok((this.fetched_files(&fetched), digest))
    }

    /// Every pinned path is in the plan, so that no pin goes unchecked.
    fn check_pins(&self) -> Result<()> {
        let missing =
            self.pins.keys().find(|path| self.plan.files.iter().all(|file| file.path != **path));
        match missing {
            None => Ok(()),
            Some(path) => Err(Error::new(
                Kind::NotFound,
                format!("{} has no file \"{path}\", which has a pinned hash", self.plan.source),
            )
            .with_hint("take the file out of fileHashes, or add it to the patterns")),
        }
    }

    fn check_tree(&self, found: Option<&Digest>) -> Result<()> {
        let (Some(wanted), Some(found)) = (&self.expect, found) else { return Ok(()) };
        if wanted == found {
            return Ok(());
        }
        let (wanted, found) = (Sri::new(wanted.clone())?, Sri::new(found.clone())?);
        Err(Error::new(
            Kind::HashMismatch,
            format!("{} is not what was pinned: wanted {wanted}, got {found}", self.plan.source),
        )
        .with_hint(format!("if it changed on purpose, pin {found}; nothing was published")))
    }

    /// Some file is not what it should be, and of those without a digest nobody
    /// can say which: they are not kept to be taken up again.
    async fn doubted(&self, fetched: &[(Job, FetchedFile)], error: Error) -> Error {
        for (job, _) in fetched.iter().filter(|(job, _)| self.expected_of(job).is_empty()) {
            if let Err(fault) = self.depot.discard(&job.key).await {
                self.reporter.event(Event::Note(&format!("a partial file stays: {fault}")));
            }
        }
        error
    }

    fn expected(&self, file: &PlannedFile) -> Vec<Digest> {
        let mut expected = file.digests.clone();
        expected.extend(self.pins.get(&file.path).map(|sri| sri.digest().clone()));
        expected
    }

    fn jobs(&self) -> Vec<Job> {
        let mut jobs: Vec<Job> = Vec::with_capacity(self.plan.files.len());
        let mut by_key = std::collections::HashMap::new();
        for (index, file) in self.plan.files.iter().enumerate() {
            let key = PartialKey::new(&self.expected(file), &self.plan.pin, &file.path);
            let at = *by_key.entry(key.clone()).or_insert_with(|| {
                jobs.push(Job { key, files: Vec::new() });
                jobs.len() - 1
            });
            jobs[at].files.push(index);
        }
        jobs
    }

    fn is_small(&self, job: &Job) -> bool {
        self.plan.files[job.files[0]].size.is_some_and(|size| size <= SMALL)
    }

    async fn check_room(&self, jobs: &[Job]) -> Result<()> {
        let mut needed = 0_u64;
        for job in jobs {
            let size = self.plan.files[job.files[0]].size.unwrap_or(0);
            let held = self.depot.held(&job.key).await?;
            needed = needed.saturating_add(size.saturating_sub(held));
        }
        let free = self.depot.free_space().await?;
        if needed <= free {
            return Ok(());
        }
        Err(Error::new(
            Kind::Disk,
            format!("{} needs {needed} bytes and {free} are free", self.plan.source),
        )
        .with_hint("free some space, or choose another folder with XDG_CACHE_HOME or --out; nothing was downloaded"))
    }

    async fn publish(&self, fetched: &[(Job, FetchedFile)]) -> Result<()> {
        let placements: Vec<Placement> = fetched
            .iter()
            .flat_map(|(job, _)| job.files.iter().map(move |index| (job, &self.plan.files[*index])))
            .map(|(job, file)| Placement {
                key: job.key.clone(),
                path: file.path.clone(),
                executable: file.executable,
            })
            .collect();
        self.depot.publish(&placements).await
    }

    fn fetched_files(&self, fetched: &[(Job, FetchedFile)]) -> Vec<FetchedFile> {
        let mut files: Vec<FetchedFile> = fetched
            .iter()
            .flat_map(|(job, one)| {
                job.files.iter().map(move |index| (&self.plan.files[*index], one))
            })
            .map(|(planned, one)| FetchedFile {
                path: planned.path.clone(),
                executable: planned.executable,
                ..one.clone()
            })
            .collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files
    }
}
