//! Faults of the file system as the user sees them.

use std::io;
use std::path::Path;

use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind};
use rustix::io::Errno;

/// A path as it may be shown.
pub(crate) fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy())
}

/// The error where trying to `action` (`write`, `create`) something failed.
pub(crate) fn disk(action: &str, path: &Path, source: impl Into<io::Error>) -> Error {
    let source = source.into();
    let (reason, hint) = explain(&source);
    let error = Error::new(Kind::Disk, format!("could not {action} \"{}\": {reason}", shown(path)))
        .caused_by(source);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

const FULL: &str = "free some space there, or choose another folder with XDG_CACHE_HOME, XDG_DATA_HOME or --out, and run it again: it goes on where it stopped";
const DENIED: &str = "check who may write there, or choose another folder with XDG_CACHE_HOME, XDG_DATA_HOME or --out";
const LARGE: &str = "check the file system's largest file size and `ulimit -f`";
const LINK: &str = "remove the link, or name what it points to";

fn explain(source: &io::Error) -> (&'static str, Option<&'static str>) {
    if source.raw_os_error() == Some(Errno::LOOP.raw_os_error()) {
        return ("it is a symbolic link, which is not followed here", Some(LINK));
    }
    match source.kind() {
        io::ErrorKind::StorageFull => ("the disk is full", Some(FULL)),
        io::ErrorKind::QuotaExceeded => ("the disk quota is used up", Some(FULL)),
        io::ErrorKind::PermissionDenied => ("permission denied", Some(DENIED)),
        io::ErrorKind::ReadOnlyFilesystem => ("the file system is read-only", Some(DENIED)),
        io::ErrorKind::FileTooLarge => ("the file would be larger than allowed", Some(LARGE)),
        io::ErrorKind::NotFound => ("it does not exist", None),
        io::ErrorKind::AlreadyExists => ("it already exists", None),
        io::ErrorKind::NotADirectory => ("it is not a folder", None),
        _ => ("the file system refused", None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_so_and_what_to_do() {
        let full = io::Error::from(Errno::NOSPC);
        let error = disk("write", Path::new("/x/\u{1b}[31my"), full);
        assert_eq!(error.kind(), Kind::Disk);
        assert_eq!(error.message(), "could not write \"/x/\\u{1b}[31my\": the disk is full");
        assert!(error.hint().is_some_and(|hint| hint.contains("free some space")));
    }
}
