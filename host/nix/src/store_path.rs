//! Store paths: which names they may have, and where a fixed output goes.

use std::path::{Path, PathBuf};

use nix_ai_model_core::digest::{Algorithm, Digest, Hasher, Sri};
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};

/// Digits of Nix's base 32, in their order.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";
/// Characters of a store path's hash part.
pub(crate) const HASH_PART: usize = 32;
/// The longest name of a store path.
const NAME: usize = 211;

/// How an output is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A single file, by its bytes.
    Flat,
    /// A tree, by its archive.
    Recursive,
}

/// Whether a character may be in a store path's name.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "+-._?=".contains(character)
}

/// Makes sure that every version of Nix takes `name` for a store path.
///
/// # Errors
/// [`Kind::Usage`] with what is wrong.
pub fn check_name(name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "is empty"
    } else if name.len() > NAME {
        "is longer than 211 characters"
    } else if name.starts_with('.') {
        "begins with a dot"
    } else if !name.chars().all(is_plain) {
        "has characters beside letters, digits and + - . _ ? ="
    } else {
        return Ok(());
    };
    Err(Error::new(Kind::Usage, format!("the name \"{}\" {fault}", escape(name)))
        .with_hint("Nix has no such store paths; choose another name"))
}

/// The name of a model's store path: the last part of what it is called
/// upstream, each byte that Nix does not take replaced by `-`, at most 211
/// characters. A dot at the start becomes `-` too, and no name is `model`.
pub fn name_of(reference: &str) -> String {
    let last = reference.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    // Byte by byte, as the Nix library's regular expressions see it.
    let plain = last.bytes().map(char::from);
    let plain = plain.map(|character| if is_plain(character) { character } else { '-' });
    let name: String = plain.take(NAME).collect();
    match name.strip_prefix('.') {
        Some(rest) => format!("-{rest}"),
        None if name.is_empty() => "model".to_owned(),
        None => name,
    }
}

/// The hash part of a store path, or of a path below one.
pub fn hash_part(path: &str) -> Option<&str> {
    let name = path.strip_prefix("/nix/store/")?;
    let (part, rest) = name.split_at_checked(HASH_PART)?;
    (rest.starts_with('-') && part.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(part)
}

/// Where Nix puts a fixed output with this name and hash. Nothing else decides
/// it: no builder, system or URL.
///
/// # Errors
/// [`Kind::Usage`] where the name is none; see [`check_name`].
pub fn store_path_of(name: &str, hash: &Sri, mode: Mode) -> Result<PathBuf> {
    check_name(name)?;
    let digest = hash.digest();
    let (algorithm, hex) = (digest.algorithm().name(), digest.to_hex());
    let (kind, inner) = match (mode, digest.algorithm()) {
        (Mode::Recursive, Algorithm::Sha256) => ("source", hex),
        (mode, _) => {
            let recursive = if mode == Mode::Recursive { "r:" } else { "" };
            let inner = sha256(&format!("fixed:out:{recursive}{algorithm}:{hex}:"));
            ("output:out", inner.to_hex())
        }
    };
    let fingerprint = sha256(&format!("{kind}:sha256:{inner}:/nix/store:{name}"));
    let mut compressed = [0_u8; 20];
    for (index, byte) in fingerprint.value().iter().enumerate() {
        compressed[index % 20] ^= byte;
    }
    Ok(Path::new("/nix/store").join(format!("{}-{name}", base32(&compressed))))
}

fn sha256(text: &str) -> Digest {
    let mut hasher = Hasher::new([Algorithm::Sha256], None);
    hasher.update(text.as_bytes());
    hasher.finish().remove(0)
}

/// Nix's base 32: five bits a digit, the last ones first.
fn base32(bytes: &[u8]) -> String {
    let digits = (bytes.len() * 8).div_ceil(5);
    (0..digits)
        .rev()
        .map(|digit| {
            let (byte, shift) = (digit * 5 / 8, digit * 5 % 8);
            let low = u16::from(bytes[byte]);
            let high = bytes.get(byte + 1).copied().map_or(0, u16::from);
            char::from(ALPHABET[usize::from(((high << 8 | low) >> shift) & 31)])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_as_nix_takes_them() {
        for name in ["a", "all-MiniLM-L6-v2", "a+b-c._?=", "-x", &"x".repeat(211)] {
            check_name(name).unwrap();
        }
        for name in ["", ".a", "a b", "a/b", "é", "a\u{1b}[31m", &"x".repeat(212)] {
            let error = check_name(name).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{name:?}");
            assert!(!error.message().contains('\u{1b}'));
        }
    }

    #[test]
    fn a_models_name_is_the_last_part_of_its_repository() {
        for (reference, name) in [
            ("sentence-transformers/all-MiniLM-L6-v2", "all-MiniLM-L6-v2"),
            ("gpt2", "gpt2"),
            ("org/a b:é", "a-b---"),
            ("org/.hidden", "-hidden"),
            ("org/name/", "name"),
            ("", "model"),
        ] {
            assert_eq!(name_of(reference), name);
        }
    }

    #[test]
    fn hash_parts_are_those_of_store_paths() {
        let path = "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h2186-x";
        assert_eq!(hash_part(path), Some("0c5b8vw40dy178xlpddw65q9gf1h2186"));
        assert_eq!(hash_part(&format!("{path}/a/b")), hash_part(path));
        for path in ["/nix/store/x", "/x", "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h218e-x"] {
            assert_eq!(hash_part(path), None);
        }
    }

    proptest! {
        #[test]
        fn every_models_name_is_a_store_paths(reference in "\\PC{0,300}") {
            prop_assert!(check_name(&name_of(&reference)).is_ok());
        }
    }
}
