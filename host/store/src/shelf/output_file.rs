//! The depot of a flat Nix build: its one file is written in place.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use nix_ai_model_core::ports::{Depot, Partial, PartialKey, Placement};
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::OFlags;

use super::in_use::InUse;
use super::partial::{FilePartial, regular};
use super::target::{Target, parent};
use crate::fault::disk;
use crate::folder::{Folder, permissions};

/// A depot for exactly one file, whose partial is the output itself: nothing
/// else is written, so that a sandbox which allows the output alone suffices.
/// Nix removes the output where the build fails.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    folder: Folder,
    in_use: InUse,
}

impl OutputFile {
    /// A depot for the file at `out`, which it makes.
    ///
    /// # Errors
    /// [`Kind::Usage`] where something is there, [`Kind::Disk`].
    pub fn create(out: &Path) -> Result<Self> {
        Target::file(out).check()?;
        let folder = Folder::open(parent(out)?)?;
        let depot = Self { path: out.to_owned(), folder, in_use: InUse::default() };
        depot.file(OFlags::CREATE | OFlags::EXCL)?;
        Ok(depot)
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// [`Kind::Disk`].
    pub fn write(&self, content: &[u8]) -> Result<()> {
        let mut file = self.file(OFlags::TRUNC)?;
        file.write_all(content).map_err(|error| disk("write", &self.path, error))?;
        self.finish()
    }

    /// A flat output cannot be executable: Nix takes its bytes alone.
    fn finish(&self) -> Result<()> {
        rustix::fs::fchmod(self.file(OFlags::empty())?, permissions(0o644))
            .map_err(|error| disk("set the permissions of", &self.path, error))
    }

    fn file(&self, flags: OFlags) -> Result<std::fs::File> {
        let name = Path::new(self.path.file_name().unwrap_or_default());
        self.folder
            .file(name, OFlags::RDWR | flags)
            .map_err(|error| disk("open", &self.path, error))
    }
}

#[async_trait]
impl Depot for OutputFile {
    async fn free_space(&self) -> Result<u64> {
        self.folder.free_space()
    }

    async fn held(&self, _: &PartialKey) -> Result<u64> {
        regular(&self.file(OFlags::empty())?, &self.path)
    }

    async fn open(&self, key: &PartialKey, _: Option<u64>) -> Result<Box<dyn Partial>> {
        let guard = self.in_use.take(key)?;
        let file = self.file(OFlags::empty())?;
        let length = regular(&file, &self.path)?;
        Ok(Box::new(FilePartial::unrecorded(file, self.path.clone(), length, guard)))
    }

    /// The output is Nix's to remove.
    async fn discard(&self, _: &PartialKey) -> Result<()> {
        Ok(())
    }

    async fn publish(&self, placements: &[Placement]) -> Result<()> {
        let [placement] = placements else {
            return Err(Error::new(
                Kind::Usage,
                format!("a single file was asked for and there are {}", placements.len()),
            )
            .with_hint("name one file that the model has"));
        };
        let _guard = self.in_use.take(&placement.key)?;
        self.finish()
    }
}
