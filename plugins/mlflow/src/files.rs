//! Where a model's files are, and what they are.

use nix_ai_model_sdk::{Failure, Locator, json};
use serde::{Deserialize, Deserializer};

use crate::Result;
use crate::uri::is_path;

/// The most files and folders of a model.
const MOST: usize = 200_000;

/// The longest path, in bytes.
const LONGEST: usize = 4096;

/// A file with its path below the model's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path.
    pub path: String,
    /// Bytes, where the server says it.
    pub size: Option<u64>,
}

/// Something in a folder.
#[derive(Debug, Clone, Deserialize)]
pub struct Entry {
    /// Its path, relative to what the server finds right.
    pub path: String,
    /// Whether it is a folder.
    #[serde(default, alias = "is_directory")]
    pub is_dir: bool,
    /// Bytes.
    #[serde(default, deserialize_with = "number")]
    pub file_size: Option<u64>,
}

/// Servers write 64-bit numbers as numbers, or as texts.
///
/// # Errors
/// Where it is neither.
pub fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Size {
        Number(u64),
        Text(String),
    }
    Ok(match Option::deserialize(deserializer)? {
        Some(Size::Number(size)) => Some(size),
        Some(Size::Text(size)) => size.parse().ok(),
        None => None,
    })
}

/// A folder of artifacts on a server.
pub trait Folder {
    /// What is directly in `folder`, a path below this one; `""` is this one.
    /// Names alone, without the folder's path.
    ///
    /// # Errors
    /// By what the server says.
    fn list(&self, folder: &str) -> Result<Vec<Entry>>;

    /// Where the bytes of these files are, in their order.
    ///
    /// # Errors
    /// By what the server says.
    fn locators(&self, files: &[File]) -> Result<Vec<Locator>>;

    /// The same, asked for again as URLs expire.
    ///
    /// # Errors
    /// As [`Folder::locators`]; `unsupported` where they do not.
    fn fresh(&self, files: &[File]) -> Result<Vec<Locator>> {
        self.locators(files)
    }
}

/// Every file below, in the order of their paths.
///
/// # Errors
/// Of the listing; `network` where it is impossible or has no end.
pub fn all(folder: &dyn Folder) -> Result<Vec<File>> {
    let mut folders = vec![String::new()];
    let mut files = Vec::new();
    let mut seen = 0;
    while let Some(within) = folders.pop() {
        for entry in folder.list(&within)? {
            seen += 1;
            if !is_path(&entry.path) || entry.path.contains('/') {
                return Err(impossible(&within, &entry.path));
            }
            let path =
                if within.is_empty() { entry.path } else { format!("{within}/{}", entry.path) };
            if path.len() > LONGEST || seen > MOST {
                return Err(Failure::network("the server's list of files does not end"));
            }
            if entry.is_dir {
                folders.push(path);
            } else {
                files.push(File { path, size: entry.file_size });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Cuts `folder` off the paths of entries that have it.
///
/// # Errors
/// `network` where an entry is not in it.
pub fn within(folder: &str, entries: Vec<Entry>) -> Result<Vec<Entry>> {
    let name = |entry: Entry| {
        let path = entry.path.trim_end_matches('/');
        let name = if folder.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'))
        };
        match name {
            Some(name) => Ok(Entry { path: name.to_owned(), ..entry }),
            // A file that is listed as a folder lists itself.
            None if path == folder && !entry.is_dir => Ok(Entry { path: String::new(), ..entry }),
            None => Err(impossible(folder, &entry.path)),
        }
    };
    let named = entries.into_iter().map(name).collect::<Result<Vec<_>>>()?;
    Ok(named.into_iter().filter(|entry| !entry.path.is_empty()).collect())
}

fn impossible(folder: &str, path: &str) -> Failure {
    Failure::network(format!(
        "the server lists \"{}\" in its folder \"{}\", where it cannot be",
        json::quoted(path),
        json::quoted(folder)
    ))
}

/// Two paths, either of which may be empty.
pub fn join(one: &str, other: &str) -> String {
    match (one.is_empty(), other.is_empty()) {
        (true, _) => other.to_owned(),
        (_, true) => one.to_owned(),
        _ => format!("{one}/{other}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn entry(path: &str, is_dir: bool) -> Entry {
        Entry { path: path.to_owned(), is_dir, file_size: Some(1) }
    }

    struct Fake(fn(&str) -> Vec<Entry>);

    impl Folder for Fake {
        fn list(&self, folder: &str) -> Result<Vec<Entry>> {
            Ok(self.0(folder))
        }

        fn locators(&self, _: &[File]) -> Result<Vec<Locator>> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn folders_are_walked() {
        let fake = Fake(|folder| match folder {
            "" => vec![entry("b", true), entry("a", false)],
            "b" => vec![entry("c", true), entry("z", false)],
            _ => vec![entry("d", false)],
        });
        let paths: Vec<_> = all(&fake).unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(paths, ["a", "b/c/d", "b/z"]);
    }

    #[test]
    fn a_list_without_end_or_outside_its_folder_is_refused() {
        assert!(all(&Fake(|_| vec![entry("deeper", true)])).is_err());
        for name in ["", ".", "..", "a/b", "../x", "/x"] {
            let name: &'static str = name;
            struct One(&'static str);
            impl Folder for One {
                fn list(&self, _: &str) -> Result<Vec<Entry>> {
                    Ok(vec![entry(self.0, true)])
                }
                fn locators(&self, _: &[File]) -> Result<Vec<Locator>> {
                    Ok(Vec::new())
                }
            }
            assert!(all(&One(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn paths_are_cut_to_names() {
        let cut = |folder: &str, path: &str| {
            within(folder, vec![entry(path, false)])
                .map(|entries| entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>())
        };
        assert_eq!(cut("", "a").unwrap(), ["a"]);
        assert_eq!(cut("x/y", "x/y/a").unwrap(), ["a"]);
        assert!(cut("x/y", "x/y").unwrap().is_empty());
        assert!(cut("x/y", "x/yz/a").is_err());
    }

    #[test]
    fn sizes_are_numbers_or_texts() {
        for (text, size) in [("5", Some(5)), ("\"5\"", Some(5)), ("null", None), ("\"x\"", None)] {
            let entry: Entry =
                serde_json::from_str(&format!("{{\"path\": \"a\", \"file_size\": {text}}}"))
                    .unwrap();
            assert_eq!(entry.file_size, size);
        }
    }
}
