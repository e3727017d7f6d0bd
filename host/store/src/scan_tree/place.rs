use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, Stat};
use rustix::io;

use crate::folder::Folder;

/// A folder that files under scan are below. Its path has no links.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) folder: Folder,
    pub(super) path: PathBuf,
}

/// Where a file is, and what it was when it was listed.
#[derive(Debug)]
pub(super) struct Place {
    /// The number of its base.
    pub(super) base: usize,
    /// Below the base, as the kernel has it.
    pub(super) below: Box<[u8]>,
    pub(super) mark: Mark,
}

/// What tells a file from another, and from itself after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    device: u64,
    inode: u64,
    pub(super) size: u64,
    modified: (i64, i64),
}

impl Mark {
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_lossless,
        clippy::cast_sign_loss,
        clippy::cast_possible_wrap,
        reason = "the types differ from system to system"
    )]
    pub(super) fn of(stat: &Stat) -> Self {
        Self {
            device: stat.st_dev as u64,
            inode: stat.st_ino as u64,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
        }
    }

    /// What a folder is known by.
    pub(super) fn identity(&self) -> (u64, u64) {
        (self.device, self.inode)
    }
}

impl Place {
    pub(super) fn path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.below))
    }

    /// Opens it name by name, so that no link that was put there since leads
    /// anywhere.
    pub(super) fn open(&self, base: &Base) -> io::Result<File> {
        let mut names = self.below.split(|byte| *byte == b'/').map(OsStr::from_bytes);
        let last = names.next_back().unwrap_or_default();
        let mut within: Option<Folder> = None;
        for name in names {
            within = Some(within.as_ref().unwrap_or(&base.folder).folder(name)?);
        }
        within.as_ref().unwrap_or(&base.folder).file(last, OFlags::RDONLY)
    }
}
