use std::rc::Rc;

use super::View;
use crate::Result;

/// A stretch of another view: a member that is stored as it is.
pub struct Range<'a> {
    whole: Rc<dyn View + 'a>,
    begin: u64,
    size: u64,
}

impl<'a> Range<'a> {
    /// The `size` bytes from `begin` on, or as many of them as there are.
    pub fn new(whole: Rc<dyn View + 'a>, begin: u64, size: u64) -> Self {
        Self { whole, begin, size }
    }
}

impl View for Range<'_> {
    fn size(&self) -> Result<u64> {
        if !self.whole.is_random() {
            return Ok(self.size);
        }
        Ok(self.size.min(self.whole.size()?.saturating_sub(self.begin)))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = self.size.saturating_sub(offset);
        let length = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match self.begin.checked_add(offset) {
            Some(place) => self.whole.read_at(place, &mut buffer[..length]),
            None => Ok(0),
        }
    }

    fn is_random(&self) -> bool {
        self.whole.is_random()
    }
}
