//! Git object ids, computed without git: what the hub names its files,
//! folders and commits by.

use std::collections::BTreeMap;

use sha1::{Digest, Sha1};

use super::revision::File;

/// The id of a git object: sha1 of `"{kind} {size}\0"` and its bytes.
pub(crate) fn object_id(kind: &str, bytes: &[u8]) -> [u8; 20] {
    let mut hasher = object_hasher(kind, bytes.len() as u64);
    hasher.update(bytes);
    hasher.finalize().into()
}

/// A hasher that has the object's header behind it and waits for its bytes.
pub(crate) fn object_hasher(kind: &str, size: u64) -> Sha1 {
    let mut hasher = Sha1::new();
    hasher.update(format!("{kind} {size}\0"));
    hasher
}

/// The LFS pointer that git stores in place of a large file.
pub(crate) fn lfs_pointer(sha256: &str, size: u64) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n")
}

/// The ids of a revision's folders by path; the root's path is empty.
pub(crate) fn folder_ids(files: &BTreeMap<String, File>) -> BTreeMap<String, [u8; 20]> {
    let mut root = Folder::default();
    for (path, file) in files {
        root.insert(path, file);
    }
    let mut ids = BTreeMap::new();
    root.id("", &mut ids);
    ids
}

/// The id of a commit whose author, date and message are the same for all:
/// equal content has an equal commit.
pub(crate) fn commit_id(tree: &[u8; 20], message: &str) -> String {
    let author = "Test Hub <hub@localhost> 1700000000 +0000";
    let tree = hex::encode(tree);
    let text = format!("tree {tree}\nauthor {author}\ncommitter {author}\n\n{message}\n");
    hex::encode(object_id("commit", text.as_bytes()))
}

#[derive(Default)]
struct Folder {
    folders: BTreeMap<String, Folder>,
    files: BTreeMap<String, ([u8; 20], bool)>,
}

impl Folder {
    fn insert(&mut self, path: &str, file: &File) {
        match path.split_once('/') {
            Some((folder, rest)) => {
                self.folders.entry(folder.to_owned()).or_default().insert(rest, file);
            }
            None => {
                self.files.insert(path.to_owned(), (file.blob, file.executable));
            }
        }
    }

    fn id(&self, path: &str, ids: &mut BTreeMap<String, [u8; 20]>) -> [u8; 20] {
        // Git sorts a folder as if its name ended in a slash.
        let mut entries: Vec<(String, &str, &str, [u8; 20])> = Vec::new();
        for (name, folder) in &self.folders {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            entries.push((format!("{name}/"), "40000", name, folder.id(&below, ids)));
        }
        for (name, (blob, executable)) in &self.files {
            let mode = if *executable { "100755" } else { "100644" };
            entries.push((name.clone(), mode, name, *blob));
        }
        entries.sort();
        let mut bytes = Vec::new();
        for (_, mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
            bytes.extend_from_slice(&id);
        }
        let id = object_id("tree", &bytes);
        ids.insert(path.to_owned(), id);
        id
    }
}
