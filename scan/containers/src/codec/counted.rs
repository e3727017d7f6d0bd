use std::cell::Cell;
use std::rc::Rc;

use nix_ai_model_scan_walk::{Result, View};

/// A view that notes how far it was read.
pub struct Counted<'a> {
    view: Rc<dyn View + 'a>,
    furthest: Cell<u64>,
}

impl<'a> Counted<'a> {
    pub fn new(view: Rc<dyn View + 'a>) -> Self {
        Self { view, furthest: Cell::new(0) }
    }

    /// The end of what was read.
    pub fn furthest(&self) -> u64 {
        self.furthest.get()
    }
}

impl View for Counted<'_> {
    fn size(&self) -> Result<u64> {
        self.view.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let read = self.view.read_at(offset, buffer)?;
        self.furthest.set(self.furthest.get().max(offset.saturating_add(read as u64)));
        Ok(read)
    }

    fn is_random(&self) -> bool {
        self.view.is_random()
    }
}
