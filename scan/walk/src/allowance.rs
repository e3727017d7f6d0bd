use std::cell::Cell;
use std::rc::Rc;

use crate::{Fault, Result};

/// Bytes that decompression may still make in the scan of a file. All streams
/// of the scan spend from the same one, long after they were handed over.
#[derive(Debug, Clone)]
pub struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        Self(Rc::new(Cell::new(bytes)))
    }

    /// Leaves no more than so many bytes.
    pub fn lower(&self, bytes: u64) {
        self.0.set(self.0.get().min(bytes));
    }

    /// Takes bytes that were made.
    ///
    /// # Errors
    /// [`Fault::Limit`] where they are spent; from then on, always.
    pub fn spend(&self, bytes: u64) -> Result<()> {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.unwrap_or(0));
        left.map(drop).ok_or(Fault::Limit("unpacked bytes"))
    }
}
