//! Bytes at places, wherever they come from.

mod file;
mod memory;
mod range;
mod stream;

pub use file::FileView;
pub use memory::Memory;
pub use range::Range;
pub use stream::{Expand, Stream};

use crate::{Fault, Result};

#[cfg(test)]
mod tests;

/// Bytes that can be read at any place.
pub trait View {
    /// How many there are. Of a stream, asking costs reading all of it.
    ///
    /// # Errors
    /// Where that cannot be found out.
    fn size(&self) -> Result<u64>;

    /// Fills `buffer` with the bytes from `offset` on, and says how many there
    /// were: fewer than asked for only where the end comes before.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize>;

    /// Whether one place costs as much as another. A stream is cheap forwards
    /// alone.
    fn is_random(&self) -> bool {
        true
    }

    /// Up to `length` bytes from `offset` on. The length is the caller's, never
    /// one that the bytes themselves promise without a bound.
    ///
    /// # Errors
    /// As [`Self::read_at`].
    fn bytes(&self, offset: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let read = self.read_at(offset, &mut bytes)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    /// Exactly `N` bytes from `offset` on.
    ///
    /// # Errors
    /// [`Fault::Truncated`] where there are fewer; as [`Self::read_at`].
    fn array<const N: usize>(&self, offset: u64) -> Result<[u8; N]>
    where
        Self: Sized,
    {
        array(self, offset)
    }
}

/// Exactly `N` bytes of a view from `offset` on.
///
/// # Errors
/// [`Fault::Truncated`] where there are fewer; as [`View::read_at`].
pub fn array<const N: usize>(view: &(impl View + ?Sized), offset: u64) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let read = view.read_at(offset, &mut bytes)?;
    if read < N {
        return Err(Fault::Truncated(offset + read as u64));
    }
    Ok(bytes)
}
