//! Small files that the user's settings name: tokens, netrc, certificates.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::{Error, Kind, Result};
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::fault::{disk, shown};
use crate::folder::Folder;

/// The longest file of tokens, logins or certificates, in bytes.
pub const LONGEST: usize = 4 << 20;
/// Group or others may write.
const WRITTEN: u32 = 0o022;
/// Others may do anything at all.
const READ_BY_ALL: u32 = 0o007;

/// The bytes of a file of at most `longest` bytes, or none where there is no
/// such file. Links are followed: secret managers make them.
///
/// # Errors
/// [`Kind::Disk`] where it cannot be read; [`Kind::Usage`] where it is not a
/// regular file or too long.
pub fn bytes(path: &Path, longest: usize) -> Result<Option<Vec<u8>>> {
    guarded(path, longest, 0)
}

/// As [`bytes`], for a file of ours in an open folder: no link is followed.
pub(crate) fn bytes_in(folder: &Folder, name: &str, longest: usize) -> Result<Option<Vec<u8>>> {
    match folder.file(name, OFlags::RDONLY) {
        Ok(file) => content(file, &folder.join(name), longest, 0).map(Some),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(folder.fault("open", name, error)),
    }
}

/// As [`bytes`], where nobody has a permission of these.
fn guarded(path: &Path, longest: usize, forbidden: u32) -> Result<Option<Vec<u8>>> {
    // Non-blocking, so that a pipe without a writer does not hold us.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::openat(CWD, path, flags, Mode::empty()) {
        Ok(file) => content(File::from(file), path, longest, forbidden).map(Some),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(disk("open", path, error)),
    }
}

fn content(file: File, path: &Path, longest: usize, forbidden: u32) -> Result<Vec<u8>> {
    let usage = |why: String| Error::new(Kind::Usage, format!("\"{}\" {why}", shown(path)));
    let metadata = file.metadata().map_err(|error| disk("look at", path, error))?;
    if !metadata.is_file() {
        return Err(usage("is not a regular file".to_owned()).with_hint("check the path"));
    }
    if metadata.mode() & forbidden != 0 {
        let (may, sealing) = match forbidden {
            WRITTEN => ("can be written by others than its owner", "chmod go-w"),
            _ => ("can be read by everyone", "chmod o="),
        };
        return Err(usage(may.to_owned())
            .with_hint(format!("what it says is trusted with credentials: {sealing} it")));
    }
    let mut content = Vec::new();
    file.take(longest as u64 + 1)
        .read_to_end(&mut content)
        .map_err(|error| disk("read", path, error))?;
    if content.len() > longest {
        return Err(usage(format!("is longer than {longest} bytes"))
            .with_hint("that is more than such a file may have; check the path"));
    }
    Ok(content)
}

/// As [`bytes`], for text of at most [`LONGEST`] bytes.
///
/// # Errors
/// As [`bytes`]; [`Kind::Usage`] where it is not UTF-8.
pub fn text(path: &Path) -> Result<Option<String>> {
    text_of(path, bytes(path, LONGEST)?)
}

/// As [`text`], for a file that says where credentials go: only its owner may
/// write it.
///
/// # Errors
/// As [`text`]; [`Kind::Usage`] where others may write it.
pub fn guarded_text(path: &Path) -> Result<Option<String>> {
    text_of(path, guarded(path, LONGEST, WRITTEN)?)
}

/// As [`secret`], for a file that nobody but its owner and group may read.
///
/// # Errors
/// As [`secret`]; [`Kind::Usage`] where everyone may read it.
pub fn private_secret(path: &Path) -> Result<Option<Secret>> {
    let text = text_of(path, guarded(path, LONGEST, READ_BY_ALL)?)?;
    Ok(text.map(|text| Secret::new(&text)).filter(|secret| !secret.is_empty()))
}

fn text_of(path: &Path, content: Option<Vec<u8>>) -> Result<Option<String>> {
    let Some(content) = content else { return Ok(None) };
    match String::from_utf8(content) {
        Ok(text) => Ok(Some(text)),
        // The cause would quote the content.
        Err(_) => Err(Error::new(Kind::Usage, format!("\"{}\" is not UTF-8 text", shown(path)))),
    }
}

/// As [`text`], for a file that holds one secret; one without any is none.
///
/// # Errors
/// As [`text`].
pub fn secret(path: &Path) -> Result<Option<Secret>> {
    Ok(text(path)?.map(|text| Secret::new(&text)).filter(|secret| !secret.is_empty()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_token_file_is_read_without_its_newline() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("token");
        assert_eq!(secret(&path).unwrap(), None);
        std::fs::write(&path, "hf_secret\n").unwrap();
        assert_eq!(secret(&path).unwrap().unwrap().expose(), "hf_secret");
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(secret(&link).unwrap().unwrap().expose(), "hf_secret");
        std::fs::write(&path, " \n").unwrap();
        assert_eq!(secret(&path).unwrap(), None);
    }

    #[test]
    fn what_is_no_small_text_file_is_named_and_not_quoted() {
        let base = tempfile::tempdir().unwrap();
        let pipe = base.path().join("pipe");
        rustix::fs::mkfifoat(CWD, &pipe, Mode::RUSR).unwrap();
        let long = base.path().join("long");
        std::fs::write(&long, vec![b'x'; LONGEST + 1]).unwrap();
        let odd = base.path().join("odd");
        std::fs::write(&odd, b"hf_secret\xff").unwrap();
        for path in [base.path(), &pipe, &long, &odd] {
            let error = secret(path).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{error}");
            assert!(error.message().contains(&*path.to_string_lossy()), "{error}");
            assert!(!format!("{error:?}").contains("hf_secret"));
        }
    }
}
