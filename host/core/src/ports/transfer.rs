use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;

use super::Reporter;
use crate::object::Object;
use crate::plan::Download;
use crate::{Error, Kind, Result};

/// Moves the bytes of one file through the egress door.
#[async_trait]
pub trait Transfer: Send + Sync {
    /// Streams what `download` names into `sink`, from the sink's position to
    /// the end. Connections that break are taken up again where they broke,
    /// with waits between; a server that ignores ranges makes the sink start
    /// over.
    ///
    /// `size` is the whole file's size in bytes, where the plan knows it.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] for what is outside the grant,
    /// [`crate::Kind::HashMismatch`] where the server has another size than
    /// planned, and by status; transient kinds only after the retries.
    async fn transfer(
        &self,
        download: &Download,
        size: Option<u64>,
        sink: &mut dyn Sink,
        reporter: &dyn Reporter,
    ) -> Result<()>;

    /// The same for an object in a store, by the user's own settings for it and
    /// only while it is in the state that was planned.
    ///
    /// # Errors
    /// As [`Transfer::transfer`]; [`Kind::HashMismatch`] where the object
    /// changed, [`Kind::Unsupported`] where there is no way to stores.
    async fn object(
        &self,
        object: &Object,
        _size: Option<u64>,
        _sink: &mut dyn Sink,
        _reporter: &dyn Reporter,
    ) -> Result<()> {
        Err(Error::new(
            Kind::Unsupported,
            format!("there is no way to the store of {}", object.uri),
        ))
    }
}

/// Takes the bytes of one file: in order, or ahead of the order where several
/// connections bring parts of it.
#[async_trait]
pub trait Sink: Send {
    /// How many bytes from the first one on are here: the next one is the one
    /// that is waited for.
    fn position(&self) -> u64;

    /// The first bytes at or after `from` that are not here; the range's end is
    /// [`u64::MAX`] where nothing ahead is.
    fn gap(&self, from: u64) -> Range<u64> {
        from.max(self.position())..u64::MAX
    }

    /// What the server called the state of the file that an earlier run's bytes
    /// are of.
    fn validator(&self) -> Option<String> {
        None
    }

    /// Hears what the server calls the state of the file, before any write.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    fn identify(&mut self, _validator: &str) -> Result<()> {
        Ok(())
    }

    /// Whether bytes of several answers may be put together even where the
    /// server has no name for the file's state: something else decides in the end.
    fn is_judged(&self) -> bool {
        false
    }

    /// Hears the whole size as soon as the server says it, before any write.
    fn announce(&mut self, size: u64);

    /// Takes bytes at `offset`: at the position, or in a gap behind it.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn write(&mut self, offset: u64, bytes: Bytes) -> Result<()>;

    /// Forgets all bytes, and a size that a server said, and starts at zero.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn restart(&mut self) -> Result<()>;
}
