//! The cache of compiled plugins.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Once;

use nix_ai_model_core::digest::{Algorithm, Hasher};
use nix_ai_model_core::ports::Artefacts;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::fault::{disk, shown};
use crate::folder::Folder;

/// The longest artefact, in bytes.
const LONGEST: u64 = 256 << 20;

/// Compiled plugins in folders: first those that came with the package, which
/// are only read, then the user's private one (0700, the user's own).
///
/// Beside an artefact `KEY` lies `KEY.sha256` with its digest in hexadecimal,
/// and no bytes are handed out that do not have it.
#[derive(Debug)]
pub struct ArtefactFolder {
    packaged: Vec<PathBuf>,
    cache: Option<PathBuf>,
    must_keep: bool,
    told: Once,
}

impl ArtefactFolder {
    /// Artefacts from `packaged` folders in this order, which need not exist,
    /// and from and to the `cache` folder, which is made when it is needed.
    pub fn new(packaged: Vec<PathBuf>, cache: Option<PathBuf>) -> Self {
        Self { packaged, cache, must_keep: false, told: Once::new() }
    }

    /// The folder of a package that is being made: where it cannot be written,
    /// saving fails.
    pub fn package(folder: PathBuf) -> Self {
        Self { must_keep: true, ..Self::new(Vec::new(), Some(folder)) }
    }

    /// Removes from the user's folder what was compiled of the component with
    /// this digest in hexadecimal.
    ///
    /// # Errors
    /// [`Kind::Disk`] where it cannot be removed.
    pub fn forget(&self, sha256: &str) -> Result<()> {
        let Some(path) = self.cache.as_ref().filter(|path| path.exists()) else { return Ok(()) };
        let folder = Folder::private(path)?;
        lock(&folder, FlockOperation::LockExclusive);
        for file in folder.names(usize::MAX)? {
            if file.starts_with(sha256.as_bytes()) {
                folder.remove(crate::folder::name(&file))?;
            }
        }
        Ok(())
    }

    fn load_cached(&self, path: &Path, key: &str) -> Result<Option<Vec<u8>>> {
        if !path.exists() {
            return Ok(None);
        }
        let folder = Folder::private(path)?;
        lock(&folder, FlockOperation::LockShared);
        match read(&folder, key)? {
            Found::Nothing => Ok(None),
            Found::Intact(bytes) => Ok(Some(bytes)),
            Found::Broken(why) => {
                let path = shown(&folder.join(key));
                tracing::warn!(%path, why, "dropped a cached artefact; it is compiled again");
                folder.remove(key)?;
                folder.remove(record(key))?;
                Ok(None)
            }
        }
    }
}

impl Artefacts for ArtefactFolder {
    fn load(&self, key: &str) -> Result<Option<Vec<u8>>> {
        check(key)?;
        for path in self.packaged.iter().filter(|path| path.exists()) {
            match read(&packaged(path)?, key)? {
                Found::Nothing => {}
                Found::Intact(bytes) => return Ok(Some(bytes)),
                Found::Broken(why) => return Err(untrusted(&path.join(key), why)),
            }
        }
        self.cache.as_ref().map_or(Ok(None), |path| self.load_cached(path, key))
    }

    fn save(&self, key: &str, bytes: &[u8]) -> Result<()> {
        check(key)?;
        let Some(path) = &self.cache else { return Ok(()) };
        let written = Folder::private(path).and_then(|folder| {
            lock(&folder, FlockOperation::LockExclusive);
            let digest = format!("{}\n", sha256(bytes));
            write(&folder, key, bytes)?;
            write(&folder, &record(key), digest.as_bytes())
        });
        match written {
            Err(error) if !self.must_keep && cannot_be_kept(&error) => {
                self.told.call_once(|| {
                    let path = shown(path);
                    tracing::warn!(%path, %error, "compiled plugins cannot be kept; every run compiles them again");
                });
                Ok(())
            }
            other => other,
        }
    }
}

/// A home that is read-only, missing or not ours to write.
fn cannot_be_kept(error: &Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<std::io::Error>())
        .is_some_and(|source| {
            matches!(
                source.kind(),
                PermissionDenied | ReadOnlyFilesystem | NotFound | NotADirectory
            )
        })
}

/// A packaged folder belongs to whoever installed it (in a build sandbox its
/// owner cannot even be told); nobody else may write to it.
fn packaged(path: &Path) -> Result<Folder> {
    // The package may well be reached by a link, as profiles are.
    let path = path.canonicalize().map_err(|error| disk("open", path, error))?;
    let folder = Folder::open(&path)?;
    if Mode::from_raw_mode(folder.stat()?.st_mode).intersects(Mode::WGRP | Mode::WOTH) {
        return Err(untrusted(&path, "may be written by others"));
    }
    Ok(folder)
}

fn untrusted(path: &Path, why: &str) -> Error {
    Error::new(Kind::Refused, format!("the compiled plugin \"{}\" {why}", shown(path)))
        .with_hint("the installed package is damaged: install it again")
}

/// A key is a plain file name.
fn check(key: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte);
    if key.is_empty() || key.len() > 200 || key.starts_with('.') || !key.bytes().all(plain) {
        return Err(Error::new(Kind::Internal, "the key of an artefact is no plain file name"));
    }
    Ok(())
}

fn record(key: &str) -> String {
    format!("{key}.sha256")
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(bytes);
    hasher.finish().remove(0).to_hex()
}

enum Found {
    Nothing,
    Intact(Vec<u8>),
    Broken(&'static str),
}

fn read(folder: &Folder, key: &str) -> Result<Found> {
    let bytes = match read_file(folder, key)? {
        Read::Missing => return Ok(Found::Nothing),
        Read::Unfit => return Ok(Found::Broken("is no regular file of a sensible size")),
        Read::Bytes(bytes) => bytes,
    };
    let digest = sha256(&bytes);
    Ok(match read_file(folder, &record(key))? {
        Read::Bytes(record) if record.trim_ascii() == digest.as_bytes() => Found::Intact(bytes),
        Read::Missing => Found::Broken("has no digest beside it"),
        _ => Found::Broken("does not have the digest that is recorded beside it"),
    })
}

enum Read {
    Missing,
    Unfit,
    Bytes(Vec<u8>),
}

fn read_file(folder: &Folder, name: &str) -> Result<Read> {
    let file = match folder.file(name, OFlags::RDONLY) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(Read::Missing),
        Err(Errno::LOOP) => return Ok(Read::Unfit),
        Err(error) => return Err(folder.fault("open", name, error)),
    };
    let stat = rustix::fs::fstat(&file).map_err(|error| folder.fault("look at", name, error))?;
    let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    if !FileType::from_raw_mode(stat.st_mode).is_file() || size > LONGEST {
        return Ok(Read::Unfit);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(|error| disk("read", &folder.join(name), error))?;
    Ok(Read::Bytes(bytes))
}

/// Writes beside and renames, so that a half-written file has never the name.
fn write(folder: &Folder, name: &str, bytes: &[u8]) -> Result<()> {
    let path = folder.join(name);
    let written = tempfile::NamedTempFile::new_in(folder.path()).and_then(|mut file| {
        file.write_all(bytes)?;
        file.persist(&path)?;
        Ok(())
    });
    written.map_err(|error| disk("write", &path, error))
}

/// Keeps an artefact and its record together, until the folder is closed. Where
/// a file system has no locks a mix of two is dropped as broken, which is safe.
fn lock(folder: &Folder, operation: FlockOperation) {
    if let Err(error) = rustix::fs::flock(folder, operation) {
        tracing::debug!(path = %shown(folder.path()), %error, "could not lock");
    }
}

#[cfg(test)]
mod tests;
