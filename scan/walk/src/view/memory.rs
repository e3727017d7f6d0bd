use super::View;
use crate::Result;

/// Bytes that are held.
#[derive(Debug, Default)]
pub struct Memory(Vec<u8>);

impl Memory {
    /// Holds them.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }
}

impl View for Memory {
    fn size(&self) -> Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let read = buffer.len().min(self.0.len() - begin);
        buffer[..read].copy_from_slice(&self.0[begin..begin + read]);
        Ok(read)
    }
}
