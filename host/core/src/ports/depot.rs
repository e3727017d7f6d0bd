use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;

use super::Files;
use crate::Result;
use crate::digest::{Algorithm, Digest};
use crate::journal::Journal;
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

    /// Who else fetches the file under this key at this moment, in a few words.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn holder(&self, _key: &PartialKey) -> Result<Option<String>> {
        Ok(None)
    }

    /// Opens the partial under this key, with whatever blocks it has, or an
    /// empty one. It is this caller's alone until dropped. Where another
    /// process fetches the file, that one is waited for, and what it fetched is
    /// here then; `size` is the file's, where it is known: small ones are not
    /// waited for.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn open(&self, key: &PartialKey, size: Option<u64>) -> Result<Box<dyn Partial>>;

    /// What is under this key, which is complete and verified, to be read under
    /// this path while other files are still fetched.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`]; [`crate::Kind::Unsupported`] where this depot does
    /// not hand files out.
    fn sealed(&self, _key: &PartialKey, path: &FilePath) -> Result<Arc<dyn Files>> {
        let message = format!("\"{path}\" cannot be read before all files are there");
        Err(crate::Error::new(crate::Kind::Unsupported, message))
    }

    /// Removes what there is under this key, once nothing is written to it.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn discard(&self, key: &PartialKey) -> Result<()>;

    /// Moves finished partials to their places in one new tree, which then
    /// appears whole or not at all.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`]; the partials are kept.
    async fn publish(&self, placements: &[Placement]) -> Result<()>;
}

/// A file being fetched: blocks, and a journal of them. Blocks may be written in
/// any order.
#[async_trait]
pub trait Partial: Send {
    /// What it holds.
    fn journal(&self) -> &Journal;

    /// Reads up to `length` of its bytes from `offset`; fewer only at the end.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn read(&mut self, offset: u64, length: usize) -> Result<Bytes>;

    /// Begins to write a block, which is in pieces; the future is ready when it
    /// is written and recorded. It is in the journal at once.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    fn write(&mut self, offset: u64, block: Vec<Bytes>) -> BoxFuture<'static, Result<()>>;

    /// Writes a block where that can be done at once: the download ends, by
    /// whatever, and a later one goes on from here.
    fn leave(&mut self, offset: u64, block: Vec<Bytes>);

    /// Forgets a block that is not what was recorded.
    fn forget(&mut self, offset: u64);

    /// Remembers what the server calls the state of the file that the blocks
    /// are of, for a later run to ask for the same.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    fn identify(&mut self, validator: &str) -> Result<()>;

    /// Drops all that it holds.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn clear(&mut self) -> Result<()>;

    /// Says that the file is complete and verified; nothing is written to it
    /// from now on.
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
