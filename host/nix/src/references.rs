//! Looks for references to store paths in a stream, as Nix does when it
//! registers an output.

use std::sync::{Arc, OnceLock};

use nix_ai_model_core::{Error, Kind, Result};

use crate::store_path::{ALPHABET, HASH_PART, hash_part};

/// Looks for the hash parts of store paths in a stream of bytes, wherever the
/// chunks are cut; what it keeps of the stream is shorter than a hash part.
#[derive(Debug, Clone)]
pub struct References {
    /// Store paths, their hash parts, and whether they were seen.
    wanted: Vec<Wanted>,
    /// The stream's last bytes.
    tail: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Wanted {
    path: String,
    part: [u8; HASH_PART],
    seen: bool,
}

const IN_ALPHABET: [bool; 256] = {
    let mut table = [false; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        table[ALPHABET[index] as usize] = true;
        index += 1;
    }
    table
};

impl References {
    /// Looks for these store paths; what is no store path is left out.
    pub fn new(paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let wanted = paths.into_iter().map(Into::into).filter_map(|path: String| {
            let part = hash_part(&path)?.as_bytes().try_into().ok()?;
            Some(Wanted { path, part, seen: false })
        });
        Self { wanted: wanted.collect(), tail: Vec::with_capacity(HASH_PART - 1) }
    }

    /// Takes the stream's next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        if self.wanted.iter().all(|wanted| wanted.seen) {
            return;
        }
        // What spans the border is looked for in the last bytes and the first.
        let mut border = [0; 2 * (HASH_PART - 1)];
        let first = &bytes[..bytes.len().min(HASH_PART - 1)];
        let length = self.tail.len() + first.len();
        border[..self.tail.len()].copy_from_slice(&self.tail);
        border[self.tail.len()..length].copy_from_slice(first);
        self.scan(&border[..length]);
        self.scan(bytes);

        let kept = if bytes.len() < HASH_PART { &border[..length] } else { bytes };
        self.tail.clear();
        self.tail.extend_from_slice(&kept[kept.len().saturating_sub(HASH_PART - 1)..]);
    }

    /// The store paths that were found.
    pub fn found(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().filter(|wanted| wanted.seen).map(|wanted| wanted.path.as_str())
    }

    /// Goes from one stretch of the alphabet to the next, looking at its last
    /// byte first: most bytes of a model are never looked at.
    fn scan(&mut self, bytes: &[u8]) {
        let mut start = 0;
        while let Some(window) = bytes.get(start..start + HASH_PART) {
            match window.iter().rposition(|byte| !IN_ALPHABET[usize::from(*byte)]) {
                Some(other) => start += other + 1,
                None => {
                    for wanted in &mut self.wanted {
                        wanted.seen |= wanted.part == window;
                    }
                    start += 1;
                }
            }
        }
    }
}

/// What a hasher that is gone has found.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<OnceLock<References>>);

impl Watch {
    pub(crate) fn set(&self, references: References) {
        // A hasher of which several copies finish has seen the same in each.
        let _ = self.0.set(references);
    }

    /// Makes sure that the whole tree was looked at and holds none of the paths.
    ///
    /// # Errors
    /// [`Kind::Refused`] naming a path that it holds; [`Kind::Internal`] where
    /// the hasher has not finished.
    pub fn check(&self) -> Result<()> {
        let Some(references) = self.0.get() else {
            return Err(Error::new(Kind::Internal, "the tree was not looked at whole"));
        };
        match references.found().next() {
            None => Ok(()),
            Some(path) => Err(Error::new(
                Kind::Refused,
                format!("the model's files name the store path {path}, and Nix takes no fixed output that does"),
            )
            .with_hint("leave the file that names it out with `exclude`")),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    const PATH: &str = "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h2186-builder";
    const PART: &[u8] = b"0c5b8vw40dy178xlpddw65q9gf1h2186";

    #[test]
    fn a_model_that_names_a_store_path_is_refused() {
        let (mut hasher, watch) = crate::NarHasher::watching(
            nix_ai_model_core::digest::Algorithm::Sha256,
            References::new([PATH, "not a store path"]),
        );
        assert_eq!(watch.check().unwrap_err().kind(), Kind::Internal);
        hasher.link(b"a", PATH.as_bytes());
        hasher.digest();
        let error = watch.check().unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.message().contains(PATH), "{error}");
    }

    proptest! {
        #[test]
        fn found_wherever_the_chunks_are_cut(
            before in prop_oneof!["[0-9a-z]{0,80}", "[ -~]{0,80}"],
            cuts in proptest::collection::vec(1..40_usize, 1..8),
            broken in proptest::option::of(0..HASH_PART),
        ) {
            let mut stream = before.into_bytes();
            stream.extend_from_slice(PART);
            if let Some(index) = broken {
                let at = stream.len() - HASH_PART + index;
                stream[at] = b'e'; // Not in the alphabet.
            }
            stream.extend_from_slice(b"-tail");
            let expected = stream.windows(HASH_PART).any(|window| window == PART);
            let mut references = References::new([PATH]);
            let mut rest = stream.as_slice();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at(rest.len().min(*cut));
                references.update(now);
                references.update(b"");
                rest = later;
            }
            prop_assert_eq!(references.found().count() == 1, expected);
            prop_assert_eq!(expected, broken.is_none());
        }
    }
}
