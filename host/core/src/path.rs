//! Paths inside a model, as they may be written below its folder.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use crate::text::{escape, is_hidden};
use crate::{Error, Kind, Result};

/// The longest name between two slashes, in bytes, that common file systems take.
const NAME: usize = 255;
/// The longest path, in bytes.
const PATH: usize = 4096;
/// Names that the program itself writes beside a model's files.
const RESERVED: &str = ".nix-ai-model";

/// A relative path below a model's folder: names joined by `/`, none of them
/// empty, `.` or `..`, no control characters or back slashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct FilePath(String);

impl FilePath {
    /// Checks a path from outside.
    ///
    /// # Errors
    /// [`Kind::Refused`] with the path and what is wrong with it.
    pub fn new(path: &str) -> Result<Self> {
        match fault(path) {
            None => Ok(Self(path.to_owned())),
            Some(fault) => {
                Err(Error::new(Kind::Refused, format!("the path \"{}\" {fault}", escape(path))))
            }
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names between the slashes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

/// What two names share when a file system that ignores case or Unicode form
/// would take them for one.
pub fn folded(name: &str) -> String {
    name.nfd().flat_map(char::to_lowercase).nfd().collect()
}

/// Paths are ordered as a tree walk meets them: name by name, bytewise. This
/// is the order of a NAR.
impl Ord for FilePath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.names().map(str::as_bytes).cmp(other.names().map(str::as_bytes))
    }
}

impl PartialOrd for FilePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.len() > PATH {
        return Some("is longer than 4096 bytes");
    }
    if path.starts_with('/') {
        return Some("is absolute; only paths below the model's folder are written");
    }
    if path.contains('\\') {
        return Some("contains a back slash");
    }
    if path.chars().any(is_hidden) {
        return Some("contains control or invisible characters");
    }
    path.split('/').find_map(|name| match name {
        "" => Some("has an empty name in it"),
        "." | ".." => Some("steps through \".\" or \"..\"; it could leave the model's folder"),
        name if name.len() > NAME => Some("has a name longer than 255 bytes"),
        name if name.to_lowercase().starts_with(RESERVED) => {
            Some("has a name that is reserved for nix-ai-model's own files")
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unclean_paths_are_refused() {
        for path in [
            "",
            "/x",
            "../x",
            "a/../x",
            "a//x",
            "a/",
            "./a",
            "a\u{1b}[31m",
            "a\\b",
            "a\0b",
            "a\u{202e}b",
            ".nix-ai-model-meta.json",
            "a/.Nix-Ai-Model-x",
        ] {
            let error = FilePath::new(path).unwrap_err();
            assert_eq!(error.kind(), Kind::Refused, "{path:?}");
            assert!(!error.message().contains('\u{1b}'));
        }
        assert!(FilePath::new(&"x".repeat(256)).is_err());
        assert!(FilePath::new(&"x/".repeat(3000)).is_err());
    }

    #[test]
    fn ordinary_paths_are_taken() {
        for path in
            ["config.json", "1_Pooling/config.json", "模型/ünï.bin", "a b", ".gitattributes"]
        {
            assert_eq!(FilePath::new(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn order_is_by_name_not_by_text() {
        let mut paths: Vec<_> = ["a.b", "a/b", "a", "a-b"]
            .into_iter()
            .map(|path| FilePath::new(path).unwrap())
            .collect();
        paths.sort();
        let sorted: Vec<_> = paths.iter().map(FilePath::as_str).collect();
        assert_eq!(sorted, ["a", "a/b", "a-b", "a.b"]);
    }

    #[test]
    fn case_and_unicode_form_fold_together() {
        assert_eq!(folded("Caf\u{e9}.BIN"), folded("cafe\u{301}.bin"));
    }

    proptest! {
        #[test]
        fn no_accepted_path_leaves_the_folder(path in "\\PC{0,40}|[./a\\\\]{0,12}") {
            if let Ok(path) = FilePath::new(&path) {
                let joined = std::path::Path::new("/root").join(path.as_str());
                prop_assert!(joined.components().all(|c| !matches!(c, std::path::Component::ParentDir)));
                prop_assert!(joined.starts_with("/root"));
                prop_assert!(joined != std::path::Path::new("/root"));
            }
        }
    }
}
