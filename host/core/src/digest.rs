//! Digests: what registries publish, and what Nix pins.

mod hasher;
mod sri;

pub use hasher::Hasher;
pub use sri::Sri;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::escape;
use crate::{Error, Kind, Result};

/// A hash function that a registry or a pin may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-256 of the bytes.
    Sha256,
    /// SHA-512 of the bytes.
    Sha512,
    /// SHA-1 of `"blob {size}\0"` and the bytes: git's name for a file.
    GitBlobSha1,
    /// SHA-1 of the bytes.
    Sha1,
    /// MD5 of the bytes.
    Md5,
    /// CRC-32C of the bytes, big-endian.
    Crc32c,
    /// CRC-64/NVME of the bytes, big-endian: what S3 keeps unless told otherwise.
    Crc64Nvme,
    /// CRC-32 (ISO-HDLC) of the bytes, big-endian.
    Crc32,
}

impl Algorithm {
    /// The name in plans and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::GitBlobSha1 => "git-blob-sha1",
            Self::Sha1 => "sha1",
            Self::Md5 => "md5",
            Self::Crc32c => "crc32c",
            Self::Crc64Nvme => "crc64nvme",
            Self::Crc32 => "crc32",
        }
    }

    /// Whether nobody can make other bytes with the same digest, as far as it is
    /// known.
    pub const fn decides(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha512)
    }

    /// The digest's length in bytes.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
            Self::GitBlobSha1 | Self::Sha1 => 20,
            Self::Md5 => 16,
            Self::Crc64Nvme => 8,
            Self::Crc32c | Self::Crc32 => 4,
        }
    }
}

/// A digest of some bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    value: Vec<u8>,
}

impl Digest {
    /// A digest from its value.
    ///
    /// # Errors
    /// [`Kind::Usage`] where the value has not the algorithm's length.
    pub fn new(algorithm: Algorithm, value: &[u8]) -> Result<Self> {
        if value.len() == algorithm.length() {
            return Ok(Self { algorithm, value: value.to_owned() });
        }
        Err(Error::new(
            Kind::Usage,
            format!(
                "a {} digest has {} bytes, not {}",
                algorithm.name(),
                algorithm.length(),
                value.len()
            ),
        ))
    }

    /// A digest from hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is not hexadecimal or not of the right length.
    pub fn from_hex(algorithm: Algorithm, digits: &str) -> Result<Self> {
        let value = hex::decode(digits).map_err(|source| {
            Error::new(
                Kind::Usage,
                format!("\"{}\" is not a hexadecimal {} digest", escape(digits), algorithm.name()),
            )
            .caused_by(source)
        })?;
        Self::new(algorithm, &value)
    }

    /// The function.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The value.
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The value in lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.value)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
