//! Databases of SQLite: caches and stores keep pickles in their columns, and
//! unpickle them when they look a key up. The pages are read one after the
//! other, whether a table still has them or not, and what begins like a pickle
//! or an archive is handed over.

mod cell;
mod record;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, View};

use crate::flatbuffer::settled;
use crate::stored::{content, hand_over, is_handed_over};
pub use cell::RULES;
use record::{Column, columns, varint};

/// What a database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Bytes of the file's header, which the first page begins with.
const HEADER: usize = 100;
/// Bytes of a value that are handed over.
const VALUE: usize = 16 << 20;
/// Bytes that are read again for values over several pages, for each of the
/// file.
const AGAIN: u64 = 2;

/// Reads databases.
pub struct Sqlite;

impl Reader for Sqlite {
    fn format(&self) -> &'static str {
        "SQLite database"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(MAGIC)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = settled(part)?;
        let header = view.bytes(0, HEADER)?;
        if header.len() < HEADER {
            return Err(Fault::Truncated(header.len() as u64));
        }
        let page = match u16::from_be_bytes([header[16], header[17]]) {
            1 => 65_536,
            size => usize::from(size),
        };
        let usable = page.checked_sub(usize::from(header[20])).filter(|usable| *usable >= 480);
        let Some(usable) = usable.filter(|_| page.is_power_of_two()) else {
            return Err(Fault::broken(16, "has pages of a size that cannot be"));
        };
        let mut database = Database { view, part, page, usable, left: 0 };
        database.pages(scan)
    }
}

struct Database<'d, 'a> {
    view: Rc<dyn View + 'a>,
    part: &'d Part<'a>,
    /// Bytes of a page, and those of them that are used.
    page: usize,
    usable: usize,
    /// Bytes that may still be read for values over several pages.
    left: u64,
}

impl<'a> Database<'_, 'a> {
    fn pages(&mut self, scan: &mut Scan<'a>) -> Result<()> {
        let mut page = vec![0; self.page];
        let mut place = 0_u64;
        self.left = VALUE as u64;
        loop {
            let read = self.view.read_at(place, &mut page)?;
            self.left = self.left.saturating_add(AGAIN * read as u64);
            if read == 0 {
                return Ok(());
            }
            scan.budget.step(1)?;
            let begin = if place == 0 { HEADER } else { 0 };
            self.cells(&page[..read.min(self.usable)], begin, place, scan)?;
            place += self.page as u64;
        }
    }

    /// Reads the cells of a page that has records.
    fn cells(&mut self, page: &[u8], begin: usize, at: u64, scan: &mut Scan<'a>) -> Result<()> {
        let Some(header) = page.get(begin..).and_then(|rest| rest.first_chunk::<8>()) else {
            return Ok(());
        };
        // Leaves of tables; inner pages and leaves of indices, which tables
        // without row numbers are.
        let (length, skip, most) = match header[0] {
            0x0d => (8, 0, self.usable - 35),
            0x0a => (8, 0, (self.usable - 12) * 64 / 255 - 23),
            0x02 => (12, 4, (self.usable - 12) * 64 / 255 - 23),
            _ => return Ok(()),
        };
        let is_table = header[0] == 0x0d;
        let count = usize::from(u16::from_be_bytes([header[3], header[4]]));
        let pointers = page.get(begin + length..).unwrap_or_default();
        for pointer in pointers.chunks_exact(2).take(count) {
            scan.budget.step(1)?;
            let place = usize::from(u16::from_be_bytes([pointer[0], pointer[1]]));
            let Some(mut cell) = page.get(place + skip..) else { continue };
            let Some(size) = varint(&mut cell) else { continue };
            if is_table && varint(&mut cell).is_none() {
                continue;
            }
            self.record(cell, size, most, at + place as u64, scan)?;
        }
        Ok(())
    }

    /// Reads a record of `size` bytes that begins with `cell`.
    fn record(
        &mut self,
        cell: &[u8],
        size: u64,
        most: usize,
        at: u64,
        scan: &mut Scan<'a>,
    ) -> Result<()> {
        let local = self.local(size, most);
        let Some(held) = cell.get(..local) else { return Ok(()) };
        let next = cell.get(local..).and_then(|rest| rest.first_chunk::<4>());
        let next =
            next.filter(|_| local as u64 != size).map_or(0, |next| u32::from_be_bytes(*next));
        let mut payload = held.to_vec();
        let mut chain = next;
        for Column { begin, length, is_text } in columns(held, size) {
            let (begin, length) = (begin as usize, length as usize);
            let first = begin.saturating_add(length.min(16));
            if !self.extend(&mut payload, &mut chain, first)? {
                break;
            }
            let value = payload.get(begin..).unwrap_or_default();
            let value = &value[..value.len().min(length)];
            if is_text && cell::is_asked(value) {
                // Pages are left for the values that must be read.
                let length = length.min(cell::READ);
                if self.left > (VALUE + length) as u64 / 2 || size <= most as u64 {
                    self.extend(&mut payload, &mut chain, begin.saturating_add(length))?;
                }
                let text = payload.get(begin..).unwrap_or_default();
                cell::judge(&text[..text.len().min(length)], at, self.part, scan);
                continue;
            }
            if !is_handed_over(value, is_text) {
                continue;
            }
            self.extend(&mut payload, &mut chain, begin.saturating_add(length.min(VALUE)))?;
            let value = payload.get(begin..).unwrap_or_default();
            let value = &value[..value.len().min(length)];
            let Some(value) = content(value, is_text) else { continue };
            hand_over(self.part, &format!("value at byte {at}"), value, scan)?;
        }
        Ok(())
    }

    /// Bytes of a record that its page has.
    fn local(&self, size: u64, most: usize) -> usize {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size <= most {
            return size;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fitting = least + (size - least) % (self.usable - 4);
        if fitting <= most { fitting } else { least }
    }

    /// Takes further pages of a record until it has so many bytes; false where
    /// it has fewer.
    fn extend(&mut self, payload: &mut Vec<u8>, chain: &mut u32, enough: usize) -> Result<bool> {
        while payload.len() < enough {
            let Some(number) = chain.checked_sub(1) else { return Ok(false) };
            let left = self.left.checked_sub(self.page as u64);
            self.left = left.ok_or(Fault::Limit("values over several pages"))?;
            let page = self.view.bytes(u64::from(number) * self.page as u64, self.usable)?;
            let Some((next, content)) = page.split_first_chunk::<4>() else { return Ok(false) };
            *chain = u32::from_be_bytes(*next);
            payload.extend_from_slice(content);
        }
        Ok(true)
    }
}
