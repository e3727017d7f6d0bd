use async_trait::async_trait;
use bytes::Bytes;

use super::Reporter;
use crate::Result;
use crate::plan::Download;

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
