//! One partial file: written once, at its end, in large blocks.

use std::any::Any;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use nix_ai_model_core::ports::Partial;
use nix_ai_model_core::{Error, Kind, Result};

use crate::fault::disk;

/// How much is gathered before it is written, in bytes. It bounds the memory
/// of a partial: one block.
const BLOCK: usize = 1 << 20;

pub(super) struct FilePartial {
    open: Arc<Open>,
    /// Bytes in the file.
    written: u64,
    /// Bytes that follow them.
    block: Vec<u8>,
}

struct Open {
    file: File,
    path: PathBuf,
    /// What must live as long as the file may be written; a write that goes on
    /// after its future was dropped keeps it too.
    _guard: Box<dyn Any + Send + Sync>,
}

impl FilePartial {
    pub(super) fn new<G: Any + Send + Sync>(
        file: File,
        path: PathBuf,
        length: u64,
        guard: G,
    ) -> Self {
        let open = Arc::new(Open { file, path, _guard: Box::new(guard) });
        Self { open, written: length, block: Vec::new() }
    }

    /// Writes the block out.
    async fn flush(&mut self) -> Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let open = self.open.clone();
        let block = std::mem::take(&mut self.block);
        let offset = self.written;
        let (mut block, outcome) = blocking(move || {
            let outcome = open.file.write_all_at(&block, offset);
            Ok((block, outcome))
        })
        .await?;
        match outcome {
            Ok(()) => {
                self.written += block.len() as u64;
                block.clear();
                self.block = block;
                Ok(())
            }
            Err(error) => {
                let fault = write_fault(&self.open, error, block.len());
                self.block = block;
                Err(fault)
            }
        }
    }

    async fn on_file<T: Send + 'static>(
        &self,
        action: &'static str,
        work: impl FnOnce(&File) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = self.open.clone();
        blocking(move || work(&open.file).map_err(|error| disk(action, &open.path, error))).await
    }
}

/// A full disk is told with how much is free and how much was to be written.
fn write_fault(open: &Open, error: io::Error, wanted: usize) -> Error {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let fault = disk("write", &open.path, error);
    match rustix::fs::fstatvfs(&open.file) {
        Ok(space) if full => {
            let free = space.f_bavail.saturating_mul(space.f_frsize);
            fault.within(format_args!("{free} bytes are free and {wanted} more were to be written"))
        }
        _ => fault,
    }
}

#[async_trait]
impl Partial for FilePartial {
    fn length(&self) -> u64 {
        self.written + self.block.len() as u64
    }

    async fn read(&mut self, offset: u64, length: usize) -> Result<Bytes> {
        self.flush().await?;
        let left = usize::try_from(self.written.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = length.min(left);
        self.on_file("read", move |file| {
            let mut bytes = vec![0; length];
            let filled = read_full(file, &mut bytes, offset)?;
            bytes.truncate(filled);
            Ok(Bytes::from(bytes))
        })
        .await
    }

    async fn append(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.block.len() >= BLOCK {
                self.flush().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.block.len()));
            self.block.extend_from_slice(now);
            bytes = later;
        }
        if self.block.len() >= BLOCK { self.flush().await } else { Ok(()) }
    }

    async fn truncate(&mut self, length: u64) -> Result<()> {
        if let Some(kept) = length.checked_sub(self.written) {
            self.block.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
            return Ok(());
        }
        self.block.clear();
        self.on_file("cut", move |file| file.set_len(length)).await?;
        self.written = length;
        Ok(())
    }

    async fn seal(&mut self) -> Result<()> {
        self.flush().await?;
        self.on_file("sync", File::sync_data).await
    }
}

/// What was gathered is written also where the download fails or is
/// interrupted, for the next run to go on from.
impl Drop for FilePartial {
    fn drop(&mut self) {
        if !self.block.is_empty()
            && let Err(error) = self.open.file.write_all_at(&self.block, self.written)
        {
            let path = crate::fault::shown(&self.open.path);
            tracing::debug!(%path, %error, "the end of a partial is lost and is fetched again");
        }
    }
}

fn read_full(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Runs what may wait for the disk on a thread that may.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => {
            Err(Error::new(Kind::Internal, "a file operation did not finish").caused_by(error))
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
