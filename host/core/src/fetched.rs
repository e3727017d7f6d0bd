//! What a download brought.

use serde::Serialize;

use crate::digest::Digest;
use crate::path::FilePath;

/// A file that is here and verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FetchedFile {
    /// Its place in the tree.
    pub path: FilePath,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hexadecimal when serialised.
    #[serde(serialize_with = "hex")]
    pub sha256: Digest,
    /// Whether it is marked executable.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub executable: bool,
}

fn hex<S: serde::Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&digest.to_hex())
}
