//! LMDB: keys and values in the leaves of trees. Data sets and caches keep
//! pickles as values. The pages are read one after the other, whether a tree
//! still has them or not.

#[cfg(test)]
mod tests;

use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, View, cut_bytes};

use crate::flatbuffer::settled;
use crate::stored::{hand_over, is_handed_over};

/// What the header of a page is followed by on the two pages that say what the
/// file is: the magic number and the version.
const MAGIC: &[u8] = &[0xde, 0xc0, 0xef, 0xbe, 1, 0, 0, 0];
/// Bytes of a page's header.
const HEADER: usize = 16;
/// Where the size of a page is said.
const SIZE: usize = 40;
/// Bytes of a value that are handed over.
const VALUE: usize = 16 << 20;
/// Flags of pages.
const LEAF: u16 = 2;
const FIXED: u16 = 0x20;
/// Flags of nodes: the value is on pages of its own; it is a tree; it is a page
/// of values of the same key.
const BIG: u16 = 1;
const TREE: u16 = 2;
const SEVERAL: u16 = 4;

/// Reads databases.
pub struct Lmdb;

impl Reader for Lmdb {
    fn format(&self) -> &'static str {
        "LMDB database"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.has_at(HEADER, MAGIC)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = settled(part)?;
        let begin = view.bytes(SIZE as u64, 4)?;
        let Some(size) = begin.first_chunk() else { return Err(Fault::Truncated(SIZE as u64)) };
        let size = u32::from_le_bytes(*size);
        if !size.is_power_of_two() || !(256..=64 << 10).contains(&size) {
            return Err(Fault::broken(SIZE as u64, "has pages of a size that cannot be"));
        }
        Database { view, part, size: size as usize }.pages(scan)
    }
}

struct Database<'d, 'a> {
    view: Rc<dyn View + 'a>,
    part: &'d Part<'a>,
    /// Bytes of a page.
    size: usize,
}

fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

impl<'a> Database<'_, 'a> {
    fn pages(&self, scan: &mut Scan<'a>) -> Result<()> {
        let mut page = vec![0; self.size];
        for number in 0.. {
            let place = number * self.size as u64;
            let read = self.view.read_at(place, &mut page)?;
            if read == 0 {
                break;
            }
            scan.budget.step(1)?;
            // What is no page's begin but a long value's middle hardly says
            // its own number.
            let is_page = page.starts_with(&number.to_le_bytes());
            if is_page && u16_at(&page, 10).is_some_and(|flags| flags & (LEAF | FIXED) == LEAF) {
                self.nodes(&page[..read], place, scan)?;
            }
        }
        Ok(())
    }

    /// Reads the nodes of a leaf.
    fn nodes(&self, page: &[u8], at: u64, scan: &mut Scan<'a>) -> Result<()> {
        let end = usize::from(u16_at(page, 12).unwrap_or(0)).min(page.len());
        let pointers = page.get(HEADER..end).unwrap_or_default();
        for pointer in pointers.as_chunks::<2>().0 {
            scan.budget.step(1)?;
            let place = usize::from(u16::from_le_bytes(*pointer));
            let Some((flags, key, size, data)) = node(page, place) else { continue };
            if flags & (TREE | SEVERAL) == SEVERAL {
                self.several(data.get(..size.min(data.len())).unwrap_or_default(), at, scan)?;
                continue;
            }
            if flags & TREE != 0 {
                continue;
            }
            let value = match data.first_chunk() {
                Some(number) if flags & BIG != 0 => self.big(u64::from_le_bytes(*number), size)?,
                _ => data[..size.min(data.len())].to_vec(),
            };
            self.judge(key, value, at + place as u64, scan)?;
        }
        Ok(())
    }

    /// Values of the same key, on a page within the page.
    fn several(&self, page: &[u8], at: u64, scan: &mut Scan<'a>) -> Result<()> {
        let end = usize::from(u16_at(page, 12).unwrap_or(0)).min(page.len());
        for pointer in page.get(HEADER..end).unwrap_or_default().as_chunks::<2>().0 {
            scan.budget.step(1)?;
            // The values are the keys of this page.
            let Some((_, value, ..)) = node(page, usize::from(u16::from_le_bytes(*pointer))) else {
                continue;
            };
            self.judge(b"", value.to_vec(), at, scan)?;
        }
        Ok(())
    }

    /// A value of so many bytes on pages of its own, where it begins like
    /// something.
    fn big(&self, page: u64, size: usize) -> Result<Vec<u8>> {
        let place = page.saturating_mul(self.size as u64).saturating_add(HEADER as u64);
        let begin = self.view.bytes(place, size.min(16))?;
        if is_handed_over(&begin, false) {
            return self.view.bytes(place, size.min(VALUE));
        }
        Ok(begin)
    }

    fn judge(&self, key: &[u8], value: Vec<u8>, at: u64, scan: &mut Scan<'a>) -> Result<()> {
        if !is_handed_over(&value, false) {
            return Ok(());
        }
        hand_over(self.part, &format!("{:?} at byte {at}", cut_bytes(key)), value, scan)
    }
}

/// A node's flags, its key, the bytes of its value, and what is behind the key.
fn node(page: &[u8], place: usize) -> Option<(u16, &[u8], usize, &[u8])> {
    let node = page.get(place..)?;
    let [low, high, flags, key] = [0, 2, 4, 6].map(|place| u16_at(node, place));
    let size = usize::from(low?) | usize::from(high?) << 16;
    let (key, data) = node.get(8..)?.split_at_checked(usize::from(key?))?;
    Some((flags?, key, size, data))
}
