use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Allowance, Result};

/// A decompressor whose bytes are paid for.
pub struct Spent<'a> {
    source: Box<dyn Expand + 'a>,
    allowance: Allowance,
}

impl<'a> Spent<'a> {
    pub fn new(source: Box<dyn Expand + 'a>, allowance: Allowance) -> Self {
        Self { source, allowance }
    }
}

impl Expand for Spent<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let made = self.source.expand(buffer)?;
        self.allowance.spend(made as u64)?;
        Ok(made)
    }
}
