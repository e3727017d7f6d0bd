//! The journal's file of one partial. It is made with the first record that is
//! needed: a file of one block is there or is not.

use std::fs::File;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use nix_ai_model_core::Result;
use nix_ai_model_core::journal::Journal;
use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::fault::disk;
use crate::folder::Folder;

/// The longest journal that is read, in bytes: of some 2 TB.
const LONGEST: usize = 128 << 20;

#[derive(Debug)]
pub(super) struct Records {
    folder: Folder,
    name: String,
    file: Mutex<Option<File>>,
}

impl Records {
    /// The records of the partial `key` in `folder`.
    pub(super) fn of(folder: &Folder, key: &str) -> Result<Self> {
        Ok(Self { folder: folder.again()?, name: name(key), file: Mutex::default() })
    }

    /// What was recorded of the partial's `length` bytes; without records, that
    /// they are there.
    pub(super) fn load(&self, length: u64) -> Result<Journal> {
        let path = self.folder.join(&self.name);
        match crate::settings::bytes_in(&self.folder, &self.name, LONGEST)? {
            None => Ok(Journal::unrecorded(length)),
            Some(bytes) => {
                let file = self
                    .folder
                    .file(&self.name, OFlags::WRONLY | OFlags::APPEND)
                    .map_err(|error| disk("open", &path, error))?;
                *self.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
                Ok(Journal::parse(&bytes))
            }
        }
    }

    /// Whether anything was recorded.
    pub(super) fn is_begun(&self) -> bool {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Adds a line; behind `heading` where it is the first one.
    pub(super) fn add(&self, heading: &str, line: &str) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let write = |file: &mut File, text: &str| {
            let path = self.folder.join(&self.name);
            file.write_all(text.as_bytes()).map_err(|error| disk("write", &path, error))
        };
        match &mut *file {
            Some(file) => write(file, line),
            None => {
                let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::TRUNC;
                let mut new = self
                    .folder
                    .file(&self.name, flags)
                    .map_err(|error: Errno| self.folder.fault("create", &self.name, error))?;
                write(&mut new, &format!("{heading}{line}"))?;
                *file = Some(new);
                Ok(())
            }
        }
    }

    /// Forgets all records.
    pub(super) fn clear(&self) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.take().is_some() { self.folder.remove(&self.name) } else { Ok(()) }
    }
}

/// The name of a partial's records.
pub(super) fn name(key: &str) -> String {
    format!("{key}.journal")
}
