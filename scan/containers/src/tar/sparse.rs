use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Result, View};

/// Stretches of a sparse file that are kept; one more is told as a limit.
pub const MOST: usize = 100_000;

/// A file of stretches of content with zeros between them.
pub struct Sparse<'a> {
    content: Rc<dyn View + 'a>,
    size: u64,
    /// Where each stretch begins in the file, its length, and where its bytes
    /// are in the content.
    stretches: Vec<(u64, u64, u64)>,
}

impl<'a> Sparse<'a> {
    /// By a map of offsets and lengths by turns.
    ///
    /// # Errors
    /// Where the stretches are out of order.
    pub fn new(content: Rc<dyn View + 'a>, size: u64, map: &[u64], at: u64) -> Result<Self> {
        if map.len() > 2 * MOST {
            return Err(Fault::Limit("stretches of a sparse file"));
        }
        let mut stretches = Vec::with_capacity(map.len() / 2);
        let (mut end, mut place) = (0_u64, 0_u64);
        for pair in map.chunks_exact(2) {
            let (begin, length) = (pair[0], pair[1]);
            let next = begin.checked_add(length).filter(|_| begin >= end);
            end =
                next.ok_or_else(|| Fault::broken(at, "has a sparse member whose map is broken"))?;
            stretches.push((begin, length, place));
            place = place.saturating_add(length);
        }
        Ok(Self { content, size, stretches })
    }
}

impl View for Sparse<'_> {
    fn size(&self) -> Result<u64> {
        Ok(self.size)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let mut read = 0;
        while read < length {
            let place = offset + read as u64;
            let rest = &mut buffer[read..length];
            let next = self.stretches.partition_point(|(begin, ..)| *begin <= place);
            let within = next.checked_sub(1).and_then(|index| {
                let (begin, length, at) = self.stretches[index];
                let past = place - begin;
                (past < length).then(|| (length - past, at.saturating_add(past)))
            });
            let until = self.stretches.get(next).map_or(self.size, |(begin, ..)| *begin);
            let (most, from) = within.map_or((until - place, None), |(most, at)| (most, Some(at)));
            let most = rest.len().min(usize::try_from(most).unwrap_or(usize::MAX));
            let rest = &mut rest[..most];
            match from {
                None => rest.fill(0),
                Some(from) => {
                    let had = self.content.read_at(from, rest)?;
                    rest[had..].fill(0);
                }
            }
            // A map with an empty stretch at this place must not stop here.
            read += most.max(1).min(length - read);
        }
        Ok(length)
    }

    fn is_random(&self) -> bool {
        self.content.is_random()
    }
}
