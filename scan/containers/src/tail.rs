use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Result, View};

/// Bytes of the end that are held: the directory of an archive of some ten
/// thousand members.
const HELD: usize = 4 << 20;
const STEP: usize = 64 << 10;

/// A stream whose end is held, for archives with their directory there: that
/// costs one way through the stream, and the members another.
pub struct Tail<'a> {
    whole: Rc<dyn View + 'a>,
    held: Vec<u8>,
    from: u64,
    size: u64,
}

impl<'a> Tail<'a> {
    /// Reads the stream through; where it breaks, it ends there.
    pub fn new(whole: Rc<dyn View + 'a>) -> (Self, Option<Fault>) {
        let mut tail = Self { whole, held: Vec::new(), from: 0, size: 0 };
        let mut step = vec![0; STEP];
        let fault = loop {
            match tail.whole.read_at(tail.size, &mut step) {
                Ok(0) => break None,
                Err(fault) => break Some(fault),
                Ok(read) => tail.hold(&step[..read]),
            }
        };
        (tail, fault)
    }

    fn hold(&mut self, more: &[u8]) {
        if self.held.len() >= 2 * HELD {
            let leave = self.held.len() - HELD;
            self.held.drain(..leave);
            self.from += leave as u64;
        }
        self.held.extend_from_slice(more);
        self.size += more.len() as u64;
    }
}

impl View for Tail<'_> {
    fn size(&self) -> Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let Some(past) = offset.checked_sub(self.from) else {
            return self.whole.read_at(offset, &mut buffer[..length]);
        };
        let past = usize::try_from(past).unwrap_or(usize::MAX);
        let held = self.held.get(past..).unwrap_or_default();
        let length = length.min(held.len());
        buffer[..length].copy_from_slice(&held[..length]);
        Ok(length)
    }

    fn is_random(&self) -> bool {
        false
    }
}
