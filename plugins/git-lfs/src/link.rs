//! Symbolic links. A plan has none: a link to a file becomes a copy of it, one
//! to a folder copies of its files. What reads the model reads the same bytes,
//! and the host fetches equal bytes once.

use std::collections::{BTreeMap, HashSet};

use crate::object::Oid;
use crate::pack::Objects;
use crate::tree::{Entry, Mode};

/// Links that are followed for one path, as many as Linux follows.
const MOST_HOPS: usize = 40;

/// A file of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub oid: Oid,
    pub executable: bool,
}

/// The files, and what was left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    pub files: Vec<File>,
    /// Paths, and why they are no files.
    pub left_out: Vec<(String, &'static str)>,
}

/// Turns the entries of a tree into files. Where they become more than `most`,
/// no more copies are made.
pub fn resolve(entries: Vec<Entry>, objects: &Objects, most: usize) -> Resolved {
    let tree = Tree::new(entries, objects);
    let mut resolved = Resolved::default();
    for (path, entry) in &tree.entries {
        match entry.mode {
            Mode::File { executable } => {
                resolved.files.push(File { path: path.clone(), oid: entry.oid, executable });
            }
            Mode::Submodule => {
                resolved
                    .left_out
                    .push((path.clone(), "it is a submodule, which is another repository"));
            }
            Mode::Link => match tree.target(path) {
                Ok(Target::File(oid, executable)) => {
                    resolved.files.push(File { path: path.clone(), oid, executable });
                }
                Ok(Target::Folder(folder)) => tree.copy(path, &folder, most, &mut resolved),
                Err(why) => resolved.left_out.push((path.clone(), why)),
            },
        }
    }
    resolved
}

enum Target {
    File(Oid, bool),
    Folder(String),
}

struct Tree<'a> {
    entries: BTreeMap<String, Entry>,
    folders: HashSet<String>,
    objects: &'a Objects,
}

impl<'a> Tree<'a> {
    fn new(entries: Vec<Entry>, objects: &'a Objects) -> Self {
        let mut folders = HashSet::from([String::new()]);
        for entry in &entries {
            for (end, _) in entry.path.match_indices('/') {
                if !folders.contains(&entry.path[..end]) {
                    folders.insert(entry.path[..end].to_owned());
                }
            }
        }
        let entries = entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
        Self { entries, folders, objects }
    }

    fn text(&self, link: &Entry) -> Result<&'a str, &'static str> {
        let bytes = self.objects.blob(link.oid).ok_or("its target is too long")?;
        std::str::from_utf8(bytes).map_err(|_| "its target is not UTF-8")
    }

    /// Where a link leads to in the end.
    fn target(&self, path: &str) -> Result<Target, &'static str> {
        let mut place: Vec<&str> = path.split('/').collect();
        // Names that are still to be gone to, the next one last.
        let mut names = vec![place.pop().unwrap_or_default()];
        let mut hops = 0;
        while let Some(name) = names.pop() {
            match name {
                "" | "." => continue,
                ".." => {
                    place.pop().ok_or("it leads out of the repository")?;
                    continue;
                }
                name => place.push(name),
            }
            let here = place.join("/");
            match self.entries.get(&here) {
                None if self.folders.contains(&here) => {}
                None => return Err("what it leads to is not in the repository"),
                Some(Entry { mode: Mode::File { executable }, oid, .. }) if names.is_empty() => {
                    return Ok(Target::File(*oid, *executable));
                }
                Some(link) if link.mode == Mode::Link => {
                    hops += 1;
                    let text = self.text(link)?;
                    if hops > MOST_HOPS {
                        return Err("it goes round in a circle");
                    }
                    if text.starts_with('/') {
                        return Err("it leads out of the repository");
                    }
                    place.pop();
                    names.extend(text.split('/').rev());
                }
                Some(_) => return Err("what it leads to is not in the repository"),
            }
        }
        Ok(Target::Folder(place.join("/")))
    }

    /// Adds copies of all files below `folder` at `link`. Links to folders
    /// among them are not followed, so this ends.
    fn copy(&self, link: &str, folder: &str, most: usize, resolved: &mut Resolved) {
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        if link.starts_with(&below) {
            resolved.left_out.push((link.to_owned(), "it leads to a folder that it is in"));
            return;
        }
        let inside =
            self.entries.range(below.clone()..).take_while(|(path, _)| path.starts_with(&below));
        for (path, entry) in inside {
            if resolved.files.len().max(resolved.left_out.len()) > most {
                return;
            }
            let at = format!("{link}/{}", &path[below.len()..]);
            let file = match entry.mode {
                Mode::File { executable } => Ok(Target::File(entry.oid, executable)),
                Mode::Link => self.target(path),
                Mode::Submodule => Err("it is a submodule, which is another repository"),
            };
            match file {
                Ok(Target::File(oid, executable)) => {
                    resolved.files.push(File { path: at, oid, executable });
                }
                Ok(Target::Folder(_)) => {
                    resolved
                        .left_out
                        .push((at, "it is a link to a folder behind a link to a folder"));
                }
                Err(why) => resolved.left_out.push((at, why)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::object::{Kind, Object};
    use proptest::prelude::*;

    /// Files (`path`) and links (`path -> target`).
    fn resolved(lines: &[&str]) -> Resolved {
        let mut objects = Vec::new();
        let entries = lines.iter().map(|line| {
            let (path, text) = line.split_once(" -> ").unwrap_or((line, ""));
            let link = line.contains(" -> ");
            let blob = if link { text.to_owned() } else { format!("file {path}") };
            let blob = Object { kind: Kind::Blob, bytes: blob.into_bytes() };
            let (oid, path) = (blob.oid(), path.to_owned());
            objects.push(blob);
            let executable = path.ends_with(".sh");
            Entry { path, mode: if link { Mode::Link } else { Mode::File { executable } }, oid }
        });
        let entries = entries.collect();
        resolve(entries, &Objects::of(objects), 100)
    }

    /// Which file's bytes stand at each path.
    fn contents(resolved: &Resolved, lines: &[&str]) -> Vec<String> {
        let name = |file: &File| {
            let holds = |path: &&&str| {
                let bytes = format!("file {path}").into_bytes();
                Object { kind: Kind::Blob, bytes }.oid() == file.oid
            };
            let source = lines.iter().find(holds).unwrap();
            format!("{}={source}", file.path)
        };
        let mut names: Vec<String> = resolved.files.iter().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn links_become_what_they_lead_to() {
        let lines = [
            "a/run.sh",
            "a/b/f",
            "one -> a/run.sh",
            "a/two -> ../one",
            "a/three -> ./b//f",
            "folder -> a/b",
            "four -> folder/f",
        ];
        let resolved = resolved(&lines);
        assert_eq!(resolved.left_out, []);
        assert_eq!(
            contents(&resolved, &lines),
            [
                "a/b/f=a/b/f",
                "a/run.sh=a/run.sh",
                "a/three=a/b/f",
                "a/two=a/run.sh",
                "folder/f=a/b/f",
                "four=a/b/f",
                "one=a/run.sh",
            ]
        );
        let runs = resolved.files.iter().filter(|file| file.executable).count();
        assert_eq!(runs, 3, "links run what they lead to");
    }

    #[test]
    fn what_leads_nowhere_is_left_out() {
        let resolved = resolved(&[
            "f",
            "gone -> nothing",
            "out -> ../x",
            "absolute -> /etc/passwd",
            "round -> round",
            "through -> f/x",
            "d/up -> ..",
            "d/self -> .",
            "a/l -> ../b",
            "b/l -> ../a",
        ]);
        let paths: Vec<_> = resolved.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["f"]);
        let mut left: Vec<_> = resolved.left_out.iter().map(|(path, _)| &**path).collect();
        left.sort_unstable();
        assert_eq!(
            left,
            ["a/l/l", "absolute", "b/l/l", "d/self", "d/up", "gone", "out", "round", "through"]
        );
    }

    proptest! {
        #[test]
        fn every_tangle_comes_to_an_end(targets in prop::collection::vec("[.a-d/]{1,6}", 1..8)) {
            let names = ["a", "b", "c", "d", "e/a", "e/b", "e/c/a", "e/c/b"];
            let lines: Vec<String> = names.iter().zip(&targets).map(|(n, t)| format!("{n} -> {t}")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).chain(["z", "y/z"]).collect();
            prop_assert!(resolved(&lines).files.len() <= 101);
        }
    }
}
