//! Trees: what a commit holds, by path.

use nix_ai_model_sdk::{Failure, json};

use crate::Result;
use crate::object::{Kind, Oid};
use crate::pack::Objects;

/// The most files of a plan; folders count here too, so that a few trees that
/// hold each other many times come to an end.
pub const MOST: usize = 200_000;
/// The longest path that any host writes, in bytes.
const LONGEST_PATH: usize = 4096;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A file.
    File {
        /// Whether it is marked so.
        executable: bool,
    },
    /// A symbolic link; its target is the blob's text.
    Link,
    /// A commit of another repository.
    Submodule,
}

/// An entry of a tree that is no folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: String,
    pub mode: Mode,
    pub oid: Oid,
}

/// All entries below a root tree.
///
/// # Errors
/// `network` where a tree is missing or malformed, `unsupported` where there
/// are more than can be planned or a name is no text.
pub fn entries(root: Oid, objects: &Objects) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    let mut folders = vec![(String::new(), root)];
    let mut seen = 0;
    while let Some((folder, oid)) = folders.pop() {
        let tree = objects.get(oid).filter(|object| object.kind == Kind::Tree);
        let tree = tree.ok_or_else(|| {
            Failure::network(format!(
                "the pack lacks the tree {oid} of the folder \"{}\"",
                json::quoted(&folder)
            ))
        })?;
        let mut rest = &tree.bytes[..];
        while !rest.is_empty() {
            let line = line(rest).ok_or_else(|| {
                Failure::network(format!(
                    "the tree {oid} of the folder \"{}\" is malformed",
                    json::quoted(&folder)
                ))
            })?;
            rest = line.rest;
            seen += 1;
            let path = path(&folder, line.name)?;
            if seen > MOST {
                return Err(Failure::unsupported(format!(
                    "the commit holds more than {MOST} files and folders"
                )));
            }
            let mode = match line.mode & 0o170_000 {
                0o040_000 => {
                    folders.push((path, line.oid));
                    continue;
                }
                0o120_000 => Mode::Link,
                0o160_000 => Mode::Submodule,
                _ => Mode::File { executable: line.mode & 0o100 != 0 },
            };
            found.push(Entry { path, mode, oid: line.oid });
        }
    }
    Ok(found)
}

struct Line<'a> {
    mode: u32,
    name: &'a [u8],
    oid: Oid,
    rest: &'a [u8],
}

/// Mode in octal, a space, name, a zero byte, and the object's name in bytes.
fn line(bytes: &[u8]) -> Option<Line<'_>> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let (head, rest) = (&bytes[..end], &bytes[end + 1..]);
    let space = head.iter().position(|byte| *byte == b' ')?;
    let mode = u32::from_str_radix(std::str::from_utf8(&head[..space]).ok()?, 8).ok()?;
    let (oid, rest) = rest.split_at_checked(Oid::LENGTH)?;
    let name = &head[space + 1..];
    let good = !name.is_empty() && !name.contains(&b'/');
    good.then_some(Line { mode, name, oid: Oid::from_bytes(oid)?, rest })
}

fn path(folder: &str, name: &[u8]) -> Result<String> {
    let Ok(name) = std::str::from_utf8(name) else {
        let name = String::from_utf8_lossy(name).into_owned();
        return Err(Failure::unsupported(format!(
            "the name \"{}\" in the folder \"{}\" is not UTF-8",
            json::quoted(&name),
            json::quoted(folder)
        ))
        .with_hint("rename the file in the repository; such names cannot be kept everywhere"));
    };
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    if path.len() > LONGEST_PATH {
        return Err(Failure::unsupported(format!(
            "the path \"{}\" is longer than {LONGEST_PATH} bytes",
            json::quoted(&path)
        )));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::object::Object;
    use proptest::prelude::*;

    fn tree(lines: &[(&str, &[u8], Oid)]) -> Object {
        let mut bytes = Vec::new();
        for (mode, name, oid) in lines {
            bytes.extend_from_slice(format!("{mode} ").as_bytes());
            bytes.extend_from_slice(name);
            bytes.push(0);
            let hex = oid.to_string();
            bytes.extend(
                (0..20).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()),
            );
        }
        Object { kind: Kind::Tree, bytes }
    }

    fn walk(objects: Vec<Object>) -> Result<Vec<Entry>> {
        let root = objects[0].oid();
        entries(root, &Objects::of(objects))
    }

    fn blob() -> Oid {
        Oid::from_hex("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391").unwrap()
    }

    #[test]
    fn every_mode_is_known() {
        let below = tree(&[("100755", b"run", blob()), ("100664", b"old", blob())]);
        let root = tree(&[
            ("120000", b"link", blob()),
            ("160000", b"module", blob()),
            ("40000", b"f", below.oid()),
        ]);
        let mut found = walk(vec![root, below]).unwrap();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        let found: Vec<_> = found.iter().map(|entry| (&*entry.path, entry.mode)).collect();
        assert_eq!(
            found,
            [
                ("f/old", Mode::File { executable: false }),
                ("f/run", Mode::File { executable: true }),
                ("link", Mode::Link),
                ("module", Mode::Submodule),
            ]
        );
    }

    #[test]
    fn what_is_missing_or_malformed_is_said() {
        let lacks = tree(&[("40000", b"sub", blob())]);
        assert!(walk(vec![lacks]).unwrap_err().message.contains("\"sub\""));
        let named = |name: &[u8]| walk(vec![tree(&[("100644", name, blob())])]);
        for name in [&b""[..], b"a/b"] {
            assert!(named(name).unwrap_err().message.contains("malformed"));
        }
        assert!(named(b"\xff.bin").unwrap_err().message.contains("UTF-8"));
        assert!(named(&[b'x'; 5000]).unwrap_err().message.contains("longer"));
    }

    #[test]
    fn trees_that_hold_each_other_many_times_come_to_an_end() {
        let mut trees = vec![tree(&[("100644", b"f", blob())])];
        for _ in 0..20 {
            let oid = trees[0].oid();
            trees.insert(0, tree(&[("40000", b"a", oid), ("40000", b"b", oid)]));
        }
        assert!(walk(trees).unwrap_err().message.contains("more than 200000"));
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = walk(vec![Object { kind: Kind::Tree, bytes }]);
        }
    }
}
