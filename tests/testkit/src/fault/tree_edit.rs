//! Listings that lie.

use serde_json::{Value, json};

/// A change to a page of the tree's entries, before it is sent.
#[derive(Debug, Clone)]
pub(crate) enum TreeEdit {
    Empty,
    Add(String),
    Duplicate(String),
    Size(String, u64),
}

impl TreeEdit {
    /// Changes the entries of a page; `first` says whether it is the first
    /// one, as an addition is made only once.
    pub(crate) fn apply(&self, entries: &mut Vec<Value>, first: bool) {
        match self {
            Self::Empty => entries.clear(),
            Self::Add(path) if first => entries.push(made_up(path)),
            Self::Add(_) => {}
            Self::Duplicate(path) => {
                let twin = entries.iter().find(|entry| entry["path"] == *path).cloned();
                entries.extend(twin);
            }
            Self::Size(path, size) => {
                for entry in entries.iter_mut().filter(|entry| entry["path"] == *path) {
                    entry["size"] = json!(size);
                    if let Some(lfs) = entry.get_mut("lfs") {
                        lfs["size"] = json!(size);
                    }
                }
            }
        }
    }
}

/// An entry for a file that is nowhere.
fn made_up(path: &str) -> Value {
    let empty_blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    json!({"type": "file", "path": path, "size": 0, "oid": empty_blob})
}
