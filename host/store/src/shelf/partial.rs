//! One partial file: blocks that are written in any order, and their journal.

use std::any::Any;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _, ready};
use nix_ai_model_core::journal::{BLOCK, Block, Journal, checksum, line, validator_line};
use nix_ai_model_core::ports::Partial;
use nix_ai_model_core::{Error, Kind, Result};

use rustix::io::Errno;

use super::records::Records;
use super::room::Room;
use crate::fault::disk;
use crate::folder::permissions;

/// What is shorter is written where it is: handing it on would take as long.
const SHORT: usize = 64 << 10;
/// The mode of a file that is complete and verified.
pub(super) const SEALED: u32 = 0o400;

pub(super) struct FilePartial {
    open: Arc<Open>,
    journal: Journal,
}

/// An open file, and what must live as long as it may be written: a write that
/// goes on after its future was dropped keeps it too.
pub(super) struct Open {
    file: File,
    path: PathBuf,
    records: Option<Records>,
    /// What goes when nobody writes any more.
    _room: Option<Room>,
    guard: Box<dyn Guard>,
}

/// Lives as long as a partial may be written.
pub(super) trait Guard: Any + Send + Sync {
    /// Makes sure that the partial is still this process's.
    fn check(&self) -> Result<()>;
}

impl FilePartial {
    /// A partial of one run, whose file has `length` bytes.
    pub(super) fn unrecorded(file: File, path: PathBuf, length: u64, guard: impl Guard) -> Self {
        let open = Open { file, path, records: None, _room: None, guard: Box::new(guard) };
        Self { open: Arc::new(open), journal: Journal::unrecorded(length) }
    }

    /// A partial that outlives the process.
    pub(super) fn recorded(
        file: File,
        path: PathBuf,
        records: Records,
        journal: Journal,
        room: Option<Room>,
        guard: impl Guard,
    ) -> Self {
        let open = Open { file, path, records: Some(records), _room: room, guard: Box::new(guard) };
        Self { open: Arc::new(open), journal }
    }

    async fn on_file<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = self.open.clone();
        blocking(move || work(&open.file).map_err(|error| disk(action, &open.path, error))).await
    }

    /// Takes a block into the journal, and says what its records begin with
    /// where it is to be recorded.
    fn note(&mut self, offset: u64, length: usize) -> Option<String> {
        // A file of one block needs no records: all of it is there, or none.
        let only = offset == 0 && length < BLOCK && self.journal.held() == 0;
        let records = self.open.records.as_ref().filter(|records| !only || records.is_begun());
        let heading = records
            .map(|records| if records.is_begun() { String::new() } else { self.journal.to_text() });
        self.journal.insert(offset, Block { length: length as u64, checksum: None });
        heading
    }
}

impl Open {
    fn write(&self, offset: u64, block: &[Bytes], heading: Option<&str>) -> Result<()> {
        self.guard.check()?;
        let length: usize = block.iter().map(Bytes::len).sum();
        write_all(&self.file, block, offset).map_err(|error| self.write_fault(error, length))?;
        match (&self.records, heading) {
            (Some(records), Some(heading)) => {
                let block = Block { length: length as u64, checksum: Some(checksum(block)) };
                records.add(heading, &line(offset, block))
            }
            _ => Ok(()),
        }
    }

    /// A full disk is told with how much is free and how much was to be written.
    fn write_fault(&self, error: io::Error, wanted: usize) -> Error {
        let full = error.kind() == io::ErrorKind::StorageFull;
        let fault = disk("write", &self.path, error);
        match rustix::fs::fstatvfs(&self.file) {
            Ok(space) if full => {
                let free = space.f_bavail.saturating_mul(space.f_frsize);
                fault.within(format_args!(
                    "{free} bytes are free and {wanted} more were to be written"
                ))
            }
            _ => fault,
        }
    }
}

#[async_trait]
impl Partial for FilePartial {
    fn journal(&self) -> &Journal {
        &self.journal
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Bytes> {
        if length < SHORT {
            let bytes = read_full(&self.open.file, length, offset);
            return bytes.map(Bytes::from).map_err(|error| disk("read", &self.open.path, error));
        }
        self.on_file("read", move |file| read_full(file, length, offset).map(Bytes::from)).await
    }

    fn write(&mut self, offset: u64, block: Vec<Bytes>) -> BoxFuture<'static, Result<()>> {
        let length = block.iter().map(Bytes::len).sum();
        let heading = self.note(offset, length);
        let open = self.open.clone();
        if length < SHORT {
            return ready(open.write(offset, &block, heading.as_deref())).boxed();
        }
        begin(move || open.write(offset, &block, heading.as_deref())).boxed()
    }

    fn leave(&mut self, offset: u64, block: Vec<Bytes>) {
        let length = block.iter().map(Bytes::len).sum();
        // What is not the whole file has to be told from what is.
        let heading = match self.note(offset, length) {
            None if self.open.records.is_some() => Some(Journal::default().to_text()),
            heading => heading,
        };
        if let Err(error) = self.open.write(offset, &block, heading.as_deref()) {
            tracing::debug!(%error, "the end of a partial is lost and is fetched again");
        }
    }

    fn forget(&mut self, offset: u64) {
        self.journal.remove(offset);
    }

    fn identify(&mut self, validator: &str) -> Result<()> {
        self.journal.set_validator(validator);
        match &self.open.records {
            // Where they are not begun, they begin with it.
            Some(records) if records.is_begun() => {
                let known = self.journal.validator();
                known.map_or(Ok(()), |known| records.add("", &validator_line(known)))
            }
            _ => Ok(()),
        }
    }

    async fn clear(&mut self) -> Result<()> {
        self.journal = Journal::default();
        self.open.records.as_ref().map_or(Ok(()), Records::clear)?;
        self.on_file("cut", |file| file.set_len(0)).await
    }

    /// Others that wait for the file see that it is complete. Where nobody can
    /// wait, nothing has to be seen.
    async fn seal(&mut self) -> Result<()> {
        if self.open.records.is_none() {
            return Ok(());
        }
        rustix::fs::fchmod(&self.open.file, permissions(SEALED))
            .map_err(|error| disk("set the permissions of", &self.open.path, error))
    }
}

/// Writes pieces one behind the other.
fn write_all(file: &File, block: &[Bytes], mut offset: u64) -> io::Result<()> {
    for piece in block {
        file.write_all_at(piece, offset)?;
        offset += piece.len() as u64;
    }
    Ok(())
}

/// Reads up to `length` bytes; fewer only at the end of the file.
fn read_full(file: &File, length: usize, mut offset: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        match rustix::io::pread(file, rustix::buffer::spare_capacity(&mut bytes), offset) {
            Ok(0) => break,
            Ok(count) => offset += count as u64,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Runs what may wait for the disk on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    begin(work).await
}

/// The same, beginning at once.
fn begin<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> impl Future<Output = Result<T>> + Send + 'static {
    let working = tokio::task::spawn_blocking(work);
    async move {
        match working.await {
            Ok(outcome) => outcome,
            Err(error) => {
                Err(Error::new(Kind::Internal, "a file operation did not finish").caused_by(error))
            }
        }
    }
}

/// The file and its path, for depots that place it themselves.
pub(super) fn regular(file: &File, path: &Path) -> Result<u64> {
    let metadata = file.metadata().map_err(|error| disk("look at", path, error))?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    Err(Error::new(Kind::Disk, format!("\"{}\" is not a regular file", crate::fault::shown(path))))
}
