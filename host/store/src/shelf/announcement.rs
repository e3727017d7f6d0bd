//! Who fetches what: for each larger file a link beside the lanes that names
//! the lane it is fetched into. Another process that wants the same file waits
//! for it. Nothing is lost where two fetch it all the same: each writes into
//! its own lane.

use std::path::Path;

use nix_ai_model_core::Result;
use rustix::io::Errno;

use crate::folder::{Folder, name};

/// A link of this process; it goes when this is dropped.
#[derive(Debug)]
pub(super) struct Announcement {
    partials: Folder,
    link: String,
    lane: String,
}

/// What came of announcing.
#[derive(Debug)]
pub(super) enum Announced {
    Ours(Announcement),
    /// The lane that it is fetched into already.
    Theirs(String),
}

/// Says that `key` is fetched into `lane`, where nobody said so before.
pub(super) fn announce(partials: &Folder, key: &str, lane: &str) -> Result<Announced> {
    let link = link_of(key);
    loop {
        match rustix::fs::symlinkat(lane, partials, &link) {
            Ok(()) => {
                let (partials, lane) = (partials.again()?, lane.to_owned());
                return Ok(Announced::Ours(Announcement { partials, link, lane }));
            }
            Err(Errno::EXIST) => {}
            Err(error) => return Err(partials.fault("create", &link, error)),
        }
        if let Some(theirs) = announced(partials, key)? {
            return Ok(Announced::Theirs(theirs));
        }
    }
}

/// The lane that a file is fetched into, where one is.
pub(super) fn announced(partials: &Folder, key: &str) -> Result<Option<String>> {
    let link = link_of(key);
    match rustix::fs::readlinkat(partials, &link, Vec::new()) {
        Ok(lane) => Ok(Some(lane.to_string_lossy().into_owned())),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(partials.fault("read", &link, error)),
    }
}

/// Takes away what a lane that is gone announced.
pub(super) fn retract(partials: &Folder, key: &str, lane: &str) -> Result<()> {
    if announced(partials, key)?.as_deref() == Some(lane) {
        partials.remove(link_of(key))?;
    }
    Ok(())
}

fn link_of(key: &str) -> String {
    format!("{key}.lane")
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Left behind, it names a lane that is gone soon.
        let found = rustix::fs::readlinkat(&self.partials, &self.link, Vec::new());
        if found.is_ok_and(|lane| name(lane.as_bytes()) == Path::new(&self.lane)) {
            let _ = self.partials.remove(&self.link);
        }
    }
}
