use crate::{Fault, Result};

/// What one scan of a file may use. Each reader spends from it, so that hostile
/// input costs no more than these, however it is nested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Parts within parts.
    pub depth: u32,
    /// Parts together.
    pub parts: u32,
    /// Bytes that decompression makes, together.
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

impl Budget {
    /// Takes one part.
    pub(crate) fn part(&mut self) -> Result<()> {
        self.parts = self.parts.checked_sub(1).ok_or(Fault::Limit("parts"))?;
        Ok(())
    }

    /// Takes bytes that decompression made.
    ///
    /// # Errors
    /// [`Fault::Limit`] where they are spent.
    pub fn inflate(&mut self, bytes: u64) -> Result<()> {
        self.inflated = self.inflated.checked_sub(bytes).ok_or(Fault::Limit("compressed bytes"))?;
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
