use crate::{Fault, Result};

/// What one scan of a file may use. Each reader spends from it, so that hostile
/// input costs no more than these, however it is nested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Parts within parts.
    pub depth: u32,
    /// Parts together.
    pub parts: u32,
    /// Bytes that decompression makes, together, of a large file; of a smaller
    /// one [`Self::inflated_of`].
    pub inflated: u64,
    /// Small steps of readers: opcodes, nodes, entries.
    pub steps: u64,
    /// Findings together; what is beyond is counted.
    pub findings: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { depth: 12, parts: 250_000, inflated: 8 << 30, steps: 4_000_000_000, findings: 1_000 }
    }
}

/// Bytes that may be made of a file that is next to empty: an array of a few
/// hundred megabytes that compresses well is read by several readers.
const INFLATED_OF_NOTHING: u64 = 2 << 30;
/// Bytes that may be made more of each byte of a file: far more than models
/// are compressed by, and so few that a bomb ends soon.
const INFLATED_OF_A_BYTE: u64 = 32;

impl Budget {
    /// Bytes that decompression may make of a file of this size.
    pub(crate) fn inflated_of(&self, size: u64) -> u64 {
        let sane = size.saturating_mul(INFLATED_OF_A_BYTE).saturating_add(INFLATED_OF_NOTHING);
        self.inflated.min(sane)
    }

    /// Takes one part.
    pub(crate) fn part(&mut self) -> Result<()> {
        self.parts = self.parts.checked_sub(1).ok_or(Fault::Limit("parts"))?;
        Ok(())
    }

    /// Takes steps.
    ///
    /// # Errors
    /// [`Fault::Limit`] where they are spent.
    pub fn step(&mut self, steps: u64) -> Result<()> {
        self.steps = self.steps.checked_sub(steps).ok_or(Fault::Limit("steps"))?;
        Ok(())
    }
}
