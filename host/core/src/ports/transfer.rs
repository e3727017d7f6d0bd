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

/// Takes the bytes of one file in order.
#[async_trait]
pub trait Sink: Send {
    /// How many bytes it has.
    fn position(&self) -> u64;

    /// Hears the whole size as soon as the server says it, before any write.
    fn announce(&mut self, size: u64);

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn write(&mut self, bytes: Bytes) -> Result<()>;

    /// Forgets all bytes and starts at zero.
    ///
    /// # Errors
    /// [`crate::Kind::Disk`].
    async fn restart(&mut self) -> Result<()>;
}
