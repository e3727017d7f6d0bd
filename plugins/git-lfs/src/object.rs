//! Git's objects and their names.

use std::fmt;

use sha1::{Digest as _, Sha1};

/// The name of an object: SHA-1 of its kind, size and bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid([u8; Oid::LENGTH]);

impl Oid {
    /// Bytes of a name.
    pub const LENGTH: usize = 20;

    /// The name in a tree or pack; none where the slice has another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The name of 40 hexadecimal digits, of either case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> = text
            .chars()
            .map(|digit| digit.to_digit(16).map(|value| value as u8))
            .collect::<Option<_>>()?;
        let mut name = [0; Self::LENGTH];
        if digits.len() != 2 * Self::LENGTH {
            return None;
        }
        for (byte, pair) in name.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Some(Self(name))
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Commit,
    Tree,
    Blob,
    Tag,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

impl Object {
    /// Its name.
    pub fn oid(&self) -> Oid {
        let mut hasher = Sha1::new();
        hasher.update(format!("{} {}\0", self.kind.word(), self.bytes.len()));
        hasher.update(&self.bytes);
        Oid(hasher.finalize().into())
    }

    /// What a line of a commit or tag names: `tree`, `object`. Header lines end
    /// at the first empty one.
    pub fn names(&self, key: &str) -> Option<Oid> {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut header = text.lines().take_while(|line| !line.is_empty());
        header.find_map(|line| Oid::from_hex(line.strip_prefix(key)?.strip_prefix(' ')?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn names_are_gits_own() {
        let empty = |kind| Object { kind, bytes: Vec::new() }.oid().to_string();
        assert_eq!(empty(Kind::Blob), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(empty(Kind::Tree), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }

    #[test]
    fn names_are_forty_digits() {
        let hex = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        assert_eq!(Oid::from_hex(hex).unwrap().to_string(), hex);
        assert_eq!(Oid::from_hex(&hex.to_uppercase()).unwrap().to_string(), hex);
        for text in ["", &hex[1..], &format!("{hex}0"), &hex.replace('d', "g"), "é"] {
            assert_eq!(Oid::from_hex(text), None, "{text}");
        }
    }

    #[test]
    fn a_header_names_objects_and_a_message_does_not() {
        let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
        let commit = |text: String| Object { kind: Kind::Commit, bytes: text.into_bytes() };
        assert_eq!(
            commit(format!("tree {tree}\nauthor x\n\nm")).names("tree"),
            Oid::from_hex(tree)
        );
        assert_eq!(commit(format!("author x\n\ntree {tree}\n")).names("tree"), None);
    }
}
