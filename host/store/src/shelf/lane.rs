//! The folder of partials that this process has.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use nix_ai_model_core::journal::Journal;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{FileType, OFlags, Stat};
use rustix::io::Errno;

use super::announcement::{self, Announced, Announcement};
use super::partial::SEALED;
use super::records::{self, Records};
use super::room::{Room, give_back};
use crate::claim::{Claim, sweep};
use crate::fault::{disk, shown};
use crate::folder::{Folder, name, permissions};
use crate::owner::Standing;

const PREFIX: &str = "lane-";
/// A partial that is being written.
const WRITTEN: u32 = 0o600;

#[derive(Debug)]
pub(super) struct Lane {
    claim: Claim,
    partials: Folder,
    /// Names that may be in it: most files of most downloads are new, and need
    /// not be looked for.
    known: Mutex<HashSet<String>>,
}

/// A partial of this lane.
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) records: Records,
    pub(super) journal: Journal,
    pub(super) room: Option<Room>,
}

/// Whose turn it is to fetch a file.
pub(super) enum Turn {
    Ours(Announcement),
    /// Another's, whose partial this is where it has one.
    Theirs(Option<File>),
}

impl Lane {
    /// Claims a lane in the partials folder, and takes over what processes that
    /// are gone left in theirs.
    pub(super) fn claim(partials: Folder) -> Result<Self> {
        let claim = Claim::new(&partials, PREFIX)?;
        let lane = Self { claim, partials, known: Mutex::default() };
        for left in lane.claim.abandoned(PREFIX)? {
            lane.adopt(&left)?;
        }
        tracing::debug!(lane = %shown(lane.folder().path()), "partials are kept here");
        Ok(lane)
    }

    /// Moves all partials of a folder inside this lane up into it; of two, the
    /// one that holds more stays.
    fn adopt(&self, left: &Folder) -> Result<()> {
        let size = |folder: &Folder, key: &Path| folder.stat_of(key).map_or(-1, |stat| held(&stat));
        for found in left.names(usize::MAX)? {
            let key = name(&found);
            if let Ok(nested) = left.folder(key) {
                // Whoever adopted it was stopped before it was done.
                self.adopt(&nested)?;
            } else if !found.ends_with(b".journal") && size(left, key) > size(self.folder(), key) {
                let journal = records::name(&key.to_string_lossy());
                self.folder().remove(&journal)?;
                if let Ok(file) = left.file(key, OFlags::RDWR) {
                    give_back(&file);
                }
                self.move_up(left, key)?;
                self.move_up(left, Path::new(&journal))?;
            }
            if let (Ok(key), Some(lane)) = (std::str::from_utf8(&found), left.path().file_name()) {
                announcement::retract(&self.partials, key, &lane.to_string_lossy())?;
            }
        }
        sweep(left);
        Ok(())
    }

    fn move_up(&self, left: &Folder, key: &Path) -> Result<()> {
        self.know(&key.to_string_lossy());
        match rustix::fs::renameat(left, key, self.folder(), key) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.folder().fault("move a partial to", key, error)),
        }
    }

    fn know(&self, key: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
    }

    fn knows(&self, key: &str) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    pub(super) fn folder(&self) -> &Folder {
        self.claim.folder()
    }

    /// Makes sure that the lane is still this process's.
    pub(super) fn check(&self) -> Result<()> {
        self.claim.check()
    }

    /// Announces that this process fetches a file, unless another one does.
    pub(super) fn turn(&self, key: &str) -> Result<Turn> {
        loop {
            let theirs = match announcement::announce(&self.partials, key, self.claim.name())? {
                Announced::Ours(announcement) => return Ok(Turn::Ours(announcement)),
                Announced::Theirs(lane) => lane,
            };
            let Some(lane) = lane_name(&theirs) else {
                announcement::retract(&self.partials, key, &theirs)?;
                continue;
            };
            if let Standing::Living(_) = self.claim.standing(lane)? {
                let folder = self.partials.folder(lane).ok();
                let file = folder.and_then(|folder| folder.file(key, OFlags::RDONLY).ok());
                return Ok(Turn::Theirs(file));
            }
            if let Some(left) = self.claim.take(lane)? {
                self.adopt(&left)?;
            }
            announcement::retract(&self.partials, key, &theirs)?;
        }
    }

    /// Who else fetches a file at this moment: `123 on host`.
    pub(super) fn holder(&self, key: &str) -> Result<Option<String>> {
        let theirs = announcement::announced(&self.partials, key)?;
        let Some(lane) = theirs.as_deref().and_then(lane_name) else { return Ok(None) };
        Ok(match self.claim.standing(lane)? {
            Standing::Living(holder) => Some(holder),
            Standing::Gone => None,
        })
    }

    /// Copies what another process fetched meanwhile, where it is complete and
    /// there is nothing of it here.
    pub(super) fn copy(&self, key: &str, mut theirs: File) -> Result<()> {
        let Ok(stat) = rustix::fs::fstat(&theirs) else { return Ok(()) };
        let complete = stat.st_mode & 0o777 != WRITTEN;
        if !complete || self.held(key)? > 0 {
            return Ok(());
        }
        let path = self.folder().join(key);
        self.know(key);
        let file = self.folder().file(key, OFlags::RDWR | OFlags::CREATE | OFlags::TRUNC);
        let mut file = file.map_err(|error| disk("create", &path, error))?;
        // Where it cannot be read any more, it is fetched.
        if std::io::copy(&mut theirs, &mut file).is_err() {
            return self.folder().remove(key);
        }
        Ok(())
    }

    /// Bytes that the partial with this key has on disk.
    pub(super) fn held(&self, key: &str) -> Result<u64> {
        if !self.knows(key) {
            return Ok(0);
        }
        match self.folder().stat_of(key) {
            // A published file is not a partial any more; see `open`.
            Ok(stat) if stat.st_nlink == 1 => Ok(u64::try_from(held(&stat)).unwrap_or(0)),
            Ok(_) | Err(Errno::NOENT) => Ok(0),
            Err(error) => Err(self.folder().fault("look at", key, error)),
        }
    }

    /// Opens the partial with this key, or makes it, for a file of `size` bytes.
    pub(super) fn open(&self, key: &str, size: Option<u64>) -> Result<Opened> {
        let folder = self.folder();
        let fault = |error: Errno| folder.fault("open", key, error);
        let path = folder.join(key);
        if self.knows(key) {
            self.unseal(key)?;
        } else {
            self.know(key);
        }
        let mut file = folder.file(key, OFlags::RDWR | OFlags::CREATE).map_err(fault)?;
        let mut stat = rustix::fs::fstat(&file).map_err(fault)?;
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            return Err(Error::new(
                Kind::Disk,
                format!("the partial \"{}\" is not a regular file", shown(&path)),
            )
            .with_hint("remove it and run it again"));
        }
        if stat.st_nlink != 1 {
            // The process stopped between publishing the file and taking this
            // name away. Writing to it would write to what was published.
            self.remove(key)?;
            let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
            file = folder.file(key, flags).map_err(|error| disk("create", &path, error))?;
            stat = rustix::fs::fstat(&file).map_err(fault)?;
        }
        let records = Records::of(folder, key)?;
        let journal = match u64::try_from(stat.st_size).unwrap_or(0) {
            0 => Journal::default(),
            length => records.load(length)?,
        };
        let room = Room::for_file(&file, size.unwrap_or(0)).map_err(|error| {
            let size = size.unwrap_or(0);
            disk("set space aside for", &path, error)
                .within(format_args!("{size} bytes are needed"))
        })?;
        Ok(Opened { file, records, journal, room })
    }

    /// A sealed partial may be opened once more: it is read back, or turns out
    /// to be torn.
    fn unseal(&self, key: &str) -> Result<()> {
        let folder = self.folder();
        match folder.stat_of(key) {
            Ok(stat) if stat.st_nlink == 1 && stat.st_mode & 0o777 == SEALED => {
                let file = folder
                    .file(key, OFlags::RDONLY)
                    .map_err(|error| folder.fault("open", key, error))?;
                rustix::fs::fchmod(&file, permissions(WRITTEN))
                    .map_err(|error| folder.fault("set the permissions of", key, error))
            }
            _ => Ok(()),
        }
    }

    /// Removes a partial and its records.
    pub(super) fn remove(&self, key: &str) -> Result<()> {
        self.folder().remove(key)?;
        self.folder().remove(records::name(key))
    }

    /// Removes partials that were published, and their records.
    pub(super) fn clear<'a>(&self, keys: impl Iterator<Item = &'a str>) -> Result<()> {
        let there: HashSet<Vec<u8>> = self.folder().names(usize::MAX)?.into_iter().collect();
        for key in keys {
            for name in [key, &records::name(key)] {
                if there.contains(name.as_bytes()) {
                    self.folder().remove(name)?;
                }
            }
        }
        Ok(())
    }
}

/// Bytes that a file has on disk: parts of it may still be missing.
fn held(stat: &Stat) -> i64 {
    stat.st_size.min(stat.st_blocks.saturating_mul(512))
}

/// A lane's name, where it is one.
fn lane_name(text: &str) -> Option<&Path> {
    (text.starts_with(PREFIX) && !text.contains('/')).then(|| Path::new(text))
}
