use std::collections::HashSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path, PathBuf};

use nix_ai_model_core::ports::ScanEntry;
use nix_ai_model_core::scan::rules::{self, Rule};
use nix_ai_model_core::scan::{Finding, Level};
use nix_ai_model_core::text::{escape, is_hidden};
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{AtFlags, CWD, FileType, Stat};

use super::place::{Base, Mark, Place};
use crate::fault::{disk, shown};
use crate::folder::{Folder, name};

/// The deepest nesting of folders.
const DEEPEST: usize = 256;
/// The most names.
const MOST: usize = 2_000_000;

/// What is found as folders are gone through.
pub(super) struct Listing {
    pub(super) bases: Vec<Base>,
    pub(super) files: Vec<(ScanEntry, Place)>,
    pub(super) found: Vec<Finding>,
    /// The Nix store.
    store: PathBuf,
    /// The blobs of the cache that the root is a snapshot of.
    blobs: Option<PathBuf>,
    /// Folders that were gone into.
    seen: HashSet<(u64, u64)>,
    names: usize,
}

/// A folder to go through. It is opened when its turn comes: there may be more
/// of them than a process may have open.
struct Within {
    base: usize,
    /// Below the base.
    below: Vec<u8>,
    /// In the report.
    path: String,
    depth: usize,
}

impl Listing {
    pub(super) fn new(store: &Path) -> Self {
        let store = std::fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
        Self {
            bases: Vec::new(),
            files: Vec::new(),
            found: Vec::new(),
            store,
            blobs: None,
            seen: HashSet::new(),
            names: 0,
        }
    }

    /// Lists what the user named; a link of theirs is followed.
    pub(super) fn root(&mut self, root: &Path, prefix: &str) -> Result<()> {
        let real = std::fs::canonicalize(root).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                Error::new(Kind::NotFound, format!("there is nothing at \"{}\"", shown(root)))
                    .with_hint("check the path")
            }
            _ => disk("open", root, error),
        })?;
        let stat = rustix::fs::stat(&real).map_err(|error| disk("look at", root, error))?;
        if FileType::from_raw_mode(stat.st_mode).is_dir() {
            self.blobs = blobs_of(&real);
            let base = self.base(&real)?;
            let path = prefix.to_owned();
            self.walk(Within { base, below: Vec::new(), path, depth: 0 });
            return Ok(());
        }
        let parent = real.parent().unwrap_or(&real);
        let base = self.base(parent)?;
        let own = real.file_name().unwrap_or_default().as_bytes().to_vec();
        let named = root.file_name().map_or_else(|| own.clone(), |name| name.as_bytes().to_vec());
        let path = if prefix.is_empty() { readable(&named) } else { prefix.to_owned() };
        self.stated(&stat, base, &own, path);
        Ok(())
    }

    /// The number of the base at this path.
    fn base(&mut self, path: &Path) -> Result<usize> {
        if let Some(known) = self.bases.iter().position(|base| base.path == path) {
            return Ok(known);
        }
        self.bases.push(Base { folder: Folder::open(path)?, path: path.to_owned() });
        Ok(self.bases.len() - 1)
    }

    fn find(&mut self, rule: &Rule, path: &str, message: impl Into<String>) {
        self.found.push(rule.found(path, message));
    }

    fn walk(&mut self, first: Within) {
        let mut folders = vec![first];
        while let Some(within) = folders.pop() {
            let path = if within.path.is_empty() { rules::ALL_FILES } else { &within.path };
            if within.depth > DEEPEST {
                let message = format!("folders are nested deeper than {DEEPEST}");
                self.find(&rules::LIMIT, path, message);
                continue;
            }
            let base = &self.bases[within.base];
            let opened =
                opened(base, &within.below).and_then(|folder| Ok((folder.stat()?, folder)));
            let named = opened.and_then(|(stat, folder)| {
                // What was gone through already is told under its first name.
                if !self.seen.insert(Mark::of(&stat).identity()) {
                    return Ok((Vec::new(), folder));
                }
                Ok((folder.names(MOST.saturating_sub(self.names))?, folder))
            });
            match named {
                Ok((names, folder)) => {
                    self.names += names.len();
                    let names = names.into_iter();
                    folders.extend(names.filter_map(|own| self.entry(&within, &folder, &own)));
                }
                Err(error) if error.kind() == Kind::Refused => {
                    let message = format!("it is left out: there are more than {MOST} names");
                    self.find(&rules::LIMIT, path, message);
                }
                Err(error) => self.find(&rules::UNREADABLE, path, error.message()),
            }
        }
    }

    /// Takes note of one name, and gives the folder that it leads to.
    fn entry(&mut self, within: &Within, folder: &Folder, own: &[u8]) -> Option<Within> {
        let path = joined(&within.path, own);
        self.name(own, &path);
        let stat = match folder.stat_of(name(own)) {
            Ok(stat) => stat,
            Err(error) => {
                let fault = folder.fault("look at", name(own), error);
                self.find(&rules::UNREADABLE, &path, fault.message());
                return None;
            }
        };
        let mut below = within.below.clone();
        if !below.is_empty() {
            below.push(b'/');
        }
        below.extend_from_slice(own);
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => {
                Some(Within { base: within.base, below, path, depth: within.depth + 1 })
            }
            FileType::Symlink => self.link(within, folder, own, path),
            _ => {
                self.stated(&stat, within.base, &below, path);
                None
            }
        }
    }

    /// Takes note of what is neither folder nor link.
    fn stated(&mut self, stat: &Stat, base: usize, below: &[u8], path: String) {
        if !FileType::from_raw_mode(stat.st_mode).is_file() {
            self.find(&rules::SPECIAL, &path, "it is a pipe, a socket or a device");
            return;
        }
        let mark = Mark::of(stat);
        let place = Place { base, below: below.into(), mark };
        self.files.push((ScanEntry { path, size: mark.size }, place));
    }

    /// Takes note of what a link leads to, and gives the folder where it is one.
    fn link(
        &mut self,
        within: &Within,
        folder: &Folder,
        own: &[u8],
        path: String,
    ) -> Option<Within> {
        let target = rustix::fs::readlinkat(folder, name(own), Vec::new()).unwrap_or_default();
        let target = name(target.to_bytes());
        let words = format!("it leads to \"{}\"", shown(target));
        let real = match std::fs::canonicalize(folder.join(name(own))) {
            Ok(real) => real,
            Err(error) => {
                let nothing = error.kind() == std::io::ErrorKind::NotFound;
                let why = if nothing { "where nothing is" } else { "which cannot be reached" };
                // Another machine may well have what is not here.
                let rule = if self.leaves(within, target) {
                    &rules::LINK_OUTSIDE
                } else {
                    &rules::LINK_DANGLING
                };
                self.find(rule, &path, format!("{words}, {why}"));
                return None;
            }
        };
        let inside = self.bases[within.base].path.clone();
        if real.starts_with(&inside) {
            if target.is_absolute() && !inside.starts_with(&self.store) {
                let message = format!("{words}, an absolute path that is another place elsewhere");
                let finding = rules::LINK_OUTSIDE.found(&*path, message);
                self.found.push(Finding { level: Level::Medium, ..finding });
            }
            // Loaders go by the link's name. Folders are gone through anyway.
            if real.file_name() != name(own).file_name() {
                self.leads_to(&real, &inside, within, path)?;
            }
            return None;
        }
        let Some(place) = self.public(&real) else {
            self.find(&rules::LINK_OUTSIDE, &path, words);
            return None;
        };
        self.leads_to(&real, &place, within, path)
    }

    /// Whether a link's words lead out, whatever is there.
    fn leaves(&self, within: &Within, target: &Path) -> bool {
        let inside = &self.bases[within.base].path;
        let mut place = inside.join(name(&within.below));
        for step in target.components() {
            match step {
                Component::ParentDir => drop(place.pop()),
                step => place.push(step),
            }
        }
        !place.starts_with(inside) && self.public(&place).is_none()
    }

    /// The folder outside of the root that links may lead into.
    fn public(&self, real: &Path) -> Option<PathBuf> {
        let mut places = self.blobs.iter().chain([&self.store]);
        places.find(|place| real.starts_with(place) && real != **place).cloned()
    }

    fn leads_to(
        &mut self,
        real: &Path,
        place: &Path,
        within: &Within,
        path: String,
    ) -> Option<Within> {
        let below = real.strip_prefix(place).unwrap_or(real).as_os_str().as_bytes().to_vec();
        let stat = rustix::fs::statat(CWD, real, AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| disk("look at", real, error));
        match stat.and_then(|stat| Ok((stat, self.base(place)?))) {
            Err(error) => {
                self.find(&rules::UNREADABLE, &path, error.message());
                None
            }
            Ok((stat, base)) if FileType::from_raw_mode(stat.st_mode).is_dir() => {
                Some(Within { base, below, path, depth: within.depth + 1 })
            }
            Ok((stat, base)) => {
                self.stated(&stat, base, &below, path);
                None
            }
        }
    }

    fn name(&mut self, own: &[u8], path: &str) {
        match std::str::from_utf8(own) {
            Err(_) => {
                self.find(
                    &rules::FOREIGN_NAME,
                    path,
                    format!("the name is \"{}\"", escape(&readable(own))),
                );
            }
            Ok(text) if text.chars().any(is_hidden) => {
                self.find(&rules::HIDDEN_NAME, path, format!("the name is \"{}\"", escape(text)));
            }
            Ok(_) => {}
        }
    }
}

/// The blobs beside the snapshot of a Hugging Face cache that a folder is, or
/// is in: `…/models--org--name/snapshots/revision`.
fn blobs_of(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find_map(|snapshots| {
        let repository = snapshots.parent()?;
        let kind = repository.file_name()?.to_str()?.split_once("--")?.0;
        let cache = snapshots.file_name()? == "snapshots" && snapshots != folder;
        (cache && ["models", "datasets", "spaces"].contains(&kind))
            .then(|| repository.join("blobs"))
    })
}

/// Opens a folder name by name, so that no link leads anywhere.
fn opened(base: &Base, below: &[u8]) -> Result<Folder> {
    let mut folder = base.folder.again()?;
    for own in below.split(|byte| *byte == b'/').filter(|own| !own.is_empty()) {
        folder =
            folder.folder(name(own)).map_err(|error| folder.fault("open", name(own), error))?;
    }
    Ok(folder)
}

fn joined(path: &str, own: &[u8]) -> String {
    let own = readable(own);
    if path.is_empty() { own } else { format!("{path}/{own}") }
}

/// A name as text; bytes that are not UTF-8 as `\xff`.
pub(super) fn readable(name: &[u8]) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}
