use async_trait::async_trait;
use bytes::Bytes;

use crate::Result;
use crate::digest::{Algorithm, Digest};
use crate::path::FilePath;

/// Keeps partial files that outlive the process, and publishes finished trees.
#[async_trait]
pub trait Depot: Send + Sync {
    /// Bytes that can still be written here.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn free_space(&self) -> Result<u64>;

    /// Bytes that an earlier run left under this key.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn held(&self, key: &PartialKey) -> Result<u64>;

    /// Opens the partial under this key, with whatever bytes it has, or an
    /// empty one. It is this caller's alone until dropped.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn open(&self, key: &PartialKey) -> Result<Box<dyn Partial>>;

    /// Moves finished partials to their places in one new tree, which then
    /// appears whole or not at all.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`]; the partials are kept.
    async fn publish(&self, placements: &[Placement]) -> Result<()>;
}

/// A file being fetched.
#[async_trait]
pub trait Partial: Send {
    /// Bytes it has.
    fn length(&self) -> u64;

    /// Reads up to `length` of its bytes from `offset`; fewer only at the end.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn read(&mut self, offset: u64, length: usize) -> Result<Bytes>;

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn append(&mut self, bytes: &[u8]) -> Result<()>;

    /// Cuts it to `length` bytes.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn truncate(&mut self, length: u64) -> Result<()>;

    /// Makes sure the bytes are on disk; the file is complete.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn seal(&mut self) -> Result<()>;
}

/// What a partial is known by: its strongest expected digest, else the pin and
/// path it belongs to. A plain file name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartialKey(String);

impl PartialKey {
    /// The key of a file with these expected digests, from this pin and path.
    pub fn new(digests: &[Digest], pin: &str, path: &FilePath) -> Self {
        let strongest = digests
            .iter()
            .filter(|digest| digest.algorithm() < Algorithm::Md5)
            .min_by_key(|digest| digest.algorithm());
        match strongest {
            Some(digest) => Self(format!("{}-{}", digest.algorithm().name(), digest.to_hex())),
            None => {
                let mut hasher = crate::digest::Hasher::new([Algorithm::Sha256], None);
                hasher.update(pin.as_bytes());
                hasher.update(&[0]);
                hasher.update(path.as_str().as_bytes());
                let digest = hasher.finish().remove(0);
                Self(format!("pin-{}", digest.to_hex()))
            }
        }
    }

    /// The key as a file name: lower-case letters, digits and hyphens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a finished partial goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The partial. Several placements may name the same one.
    pub key: PartialKey,
    /// Its place in the tree.
    pub path: FilePath,
    /// Whether it is marked executable.
    pub executable: bool,
}
