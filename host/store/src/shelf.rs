//! Where a download's bytes are kept: the [`Depot`] of folders.
//!
//! # Partials
//! Below the partials folder (0700) every running process has a *lane*, a
//! folder with a record of its owner, and its partials lie in it by their key,
//! each beside the journal of its blocks. Lanes whose process is gone are taken
//! over with all that is in them, by a rename that only one can win. So two
//! processes never write one partial, on whatever file system. For a larger
//! file a process announces that it fetches it; another that wants the same one
//! waits, and then copies it from here. A file is announced only while it is
//! fetched, which waits for nobody: nobody waits for ever.
//!
//! # Publishing
//! Partials are hard-linked into a new tree, which is renamed to its final
//! name; then their old names go. Whatever fails before leaves them as they
//! were. Between file systems they are copied.
//!
//! # What is on disk when
//! Partials are never synced: what a power loss took of one does not match its
//! checksums, and is fetched again. A tree that stays where it is published
//! ([`Target::tree`], [`Target::file`]) is synced before it gets its name, so
//! that whatever has the name is whole. One that goes on into a Nix store is
//! not: Nix syncs what it registers, by its own settings.

mod announcement;
mod in_use;
mod lane;
mod output_file;
mod partial;
mod records;
mod room;
mod sealed;
mod target;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nix_ai_model_core::journal::BLOCK;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::ports::{Depot, Files, Partial, PartialKey, Placement};
use nix_ai_model_core::{Error, Kind, Result};

use self::announcement::Announcement;
use self::in_use::InUse;
use self::lane::{Lane, Opened, Turn};
use self::partial::{FilePartial, Guard, blocking};
use self::sealed::Sealed;
use self::target::Place;
use crate::folder::Folder;

pub use output_file::OutputFile;
pub use target::Target;

/// How often a process that waits for another's file looks.
const LOOK: Duration = Duration::from_millis(100);

/// Where a build keeps partials inside its output; no plan can name it.
const PARTIALS: &str = ".nix-ai-model-partials";

/// A depot whose partials are files, and which publishes one tree or file.
#[derive(Debug)]
pub struct Shelf {
    inner: Arc<Inner>,
    in_use: InUse,
}

#[derive(Debug)]
struct Inner {
    lane: Lane,
    place: Place,
}

impl Shelf {
    /// A shelf with its partials below `partials`, which is made where it is
    /// missing and outlives the process. Nothing may be at the target yet; that
    /// it can be written is found out here, before anything is downloaded.
    ///
    /// # Errors
    /// [`Kind::Usage`] where there is something at the target,
    /// [`Kind::Disk`] and [`Kind::Refused`] as [`crate::private_folder`].
    pub fn open(partials: &Path, target: &Target) -> Result<Self> {
        let place = Place::prepare(target)?;
        let lane = Lane::claim(Folder::private(partials)?)?;
        Ok(Self { inner: Arc::new(Inner { lane, place }), in_use: InUse::default() })
    }

    /// A shelf inside the Nix output at `out`, which it makes: partials never
    /// leave the output's file system. Nix removes the output where the build
    /// fails, so that it appears whole or not at all.
    ///
    /// # Errors
    /// As [`Shelf::open`].
    pub fn in_output(out: &Path) -> Result<Self> {
        let place = Place::prepare(&Target::output(out))?;
        let lane = Lane::claim(Folder::private(&out.join(PARTIALS))?)?;
        Ok(Self { inner: Arc::new(Inner { lane, place }), in_use: InUse::default() })
    }
}

impl Shelf {
    /// Waits until nobody else fetches a file, and takes what that one fetched.
    async fn turn(&self, key: &PartialKey) -> Result<Announcement> {
        let mut theirs = None;
        loop {
            match self.inner.lane.turn(key.as_str())? {
                Turn::Ours(announcement) => {
                    if let Some(file) = theirs {
                        let (inner, key) = (self.inner.clone(), key.clone());
                        blocking(move || inner.lane.copy(key.as_str(), file)).await?;
                    }
                    return Ok(announcement);
                }
                Turn::Theirs(file) => theirs = theirs.or(file),
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Inner {
    fn publish(&self, placements: &[Placement]) -> Result<()> {
        let moves = moves(placements);
        self.place.publish(self.lane.folder(), &moves)?;
        let keys: HashSet<&str> = placements.iter().map(|one| one.key.as_str()).collect();
        self.lane.clear(keys.into_iter())?;
        self.place.clear()
    }
}

/// What a partial's writer has as long as it may write.
struct Holding {
    _in_use: in_use::Guard,
    _announcement: Option<Announcement>,
    inner: Arc<Inner>,
}

impl Guard for Holding {
    fn check(&self) -> Result<()> {
        self.inner.lane.check()
    }
}

/// A placement, and whether it needs a copy of its own.
struct Move<'a> {
    placement: &'a Placement,
    apart: bool,
}

/// Placements of one partial share it, but one file has one mode: those that
/// are executable where the first is not, or the other way round, are copies.
fn moves(placements: &[Placement]) -> Vec<Move<'_>> {
    let mut first: HashMap<&PartialKey, bool> = HashMap::new();
    placements
        .iter()
        .map(|placement| {
            let mode = *first.entry(&placement.key).or_insert(placement.executable);
            Move { placement, apart: mode != placement.executable }
        })
        .collect()
}

// Looking at and opening files takes microseconds and is done in place; what
// moves bytes goes to threads that may wait for the disk.
#[async_trait]
impl Depot for Shelf {
    async fn free_space(&self) -> Result<u64> {
        Ok(self.inner.lane.folder().free_space()?.min(self.inner.place.folder().free_space()?))
    }

    async fn held(&self, key: &PartialKey) -> Result<u64> {
        self.inner.lane.held(key.as_str())
    }

    async fn holder(&self, key: &PartialKey) -> Result<Option<String>> {
        self.inner.lane.holder(key.as_str())
    }

    async fn open(&self, key: &PartialKey, size: Option<u64>) -> Result<Box<dyn Partial>> {
        let in_use = self.in_use.take(key)?;
        let shared = size.is_none_or(|size| size > BLOCK as u64);
        let announcement = if shared { Some(self.turn(key).await?) } else { None };
        let Opened { file, records, journal, room } = self.inner.lane.open(key.as_str(), size)?;
        let path = self.inner.lane.folder().join(key.as_str());
        let holding =
            Holding { _in_use: in_use, _announcement: announcement, inner: self.inner.clone() };
        Ok(Box::new(FilePartial::recorded(file, path, records, journal, room, holding)))
    }

    fn sealed(&self, key: &PartialKey, path: &FilePath) -> Result<Arc<dyn Files>> {
        Ok(Arc::new(Sealed::new(self.inner.clone(), key, path)?))
    }

    async fn discard(&self, key: &PartialKey) -> Result<()> {
        // A write that was under way when a download failed holds it for a moment.
        let _guard = loop {
            match self.in_use.take(key) {
                Ok(guard) => break guard,
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        };
        self.inner.lane.remove(key.as_str())
    }

    async fn publish(&self, placements: &[Placement]) -> Result<()> {
        let guards = self.in_use.take_all(placements)?;
        let inner = self.inner.clone();
        let placements = placements.to_vec();
        blocking(move || {
            let published = inner.publish(&placements);
            drop(guards);
            published
        })
        .await
    }
}

/// Some file of a download is still being written.
fn in_use(key: &PartialKey) -> Error {
    Error::new(Kind::Internal, format!("the partial \"{}\" is in use", key.as_str()))
}

#[cfg(test)]
mod tests;
