use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Allowance, Result};

/// A decompressor whose bytes are paid for.
pub struct Spent<'a> {
    source: Box<dyn Expand + 'a>,
    /// What each byte costs.
    price: u64,
    /// Bytes that are paid for at least, whenever some are made.
    least: u64,
    allowance: Allowance,
}

impl<'a> Spent<'a> {
    pub fn new(source: Box<dyn Expand + 'a>, price: u64, allowance: Allowance) -> Self {
        Self { source, price, least: 0, allowance }
    }

    /// Has so many bytes paid for at least, whenever some are made.
    pub fn at_least(self, least: u64) -> Self {
        Self { least, ..self }
    }
}

impl Expand for Spent<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let made = self.source.expand(buffer)?;
        self.allowance.spend(self.price * self.least.max(made as u64))?;
        Ok(made)
    }
}
