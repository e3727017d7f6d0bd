use std::collections::HashMap;

use nix_ai_model_scan_walk::{Cursor, Fault, Result, Scan};

use super::file::{File, Place, number};
use super::tree;

/// A fractal heap: where groups and attributes of new style keep what is many.
pub(super) struct Heap {
    flags: u8,
    huge: Option<u64>,
    offset_bytes: u8,
    length_bytes: u8,
    width: u64,
    start: u64,
    largest: u64,
    root: Option<u64>,
    /// Rows of the root where it is an indirect block.
    rows: u16,
}

/// The bytes that it takes to write numbers up to this one.
pub(super) fn bytes_of(most: u64) -> u8 {
    (most.max(1).ilog2() / 8 + 1) as u8
}

impl Heap {
    pub(super) fn new(file: &File<'_>, address: u64) -> Result<Self> {
        let mut cursor = file.block(address, b"FRHP")?;
        let at = cursor.position();
        cursor.skip(3);
        let filters = cursor.u16()?;
        let flags = cursor.u8()?;
        if filters > 0 {
            return Err(Fault::Unsupported("a filter over names or attributes".to_owned()));
        }
        let managed = u64::from(cursor.u32()?);
        file.length(&mut cursor)?;
        let huge = file.address(&mut cursor)?;
        cursor.skip(9 * u64::from(file.length_size) + u64::from(file.address_size));
        let width = u64::from(cursor.u16()?);
        let (start, largest) = (file.length(&mut cursor)?, file.length(&mut cursor)?);
        let bits = cursor.u16()?;
        cursor.skip(2);
        let root = file.address(&mut cursor)?;
        let rows = cursor.u16()?;
        let powers = [width, start, largest].iter().all(|number| number.is_power_of_two());
        if !powers || largest < start || largest > 1 << 40 || !(1..=64).contains(&bits) {
            return Err(Fault::broken(at, "has a heap of impossible measures"));
        }
        let offset_bytes = bits.div_ceil(8) as u8;
        let length_bytes = bytes_of(largest.min(managed));
        Ok(Self { flags, huge, offset_bytes, length_bytes, width, start, largest, root, rows })
    }

    /// Where the object of the identifier that comes next is.
    pub(super) fn object(
        &self,
        file: &File<'_>,
        id: &mut Cursor<'_>,
        scan: &mut Scan<'_>,
    ) -> Result<Place> {
        let at = id.position();
        let first = id.u8()?;
        match first >> 4 & 3 {
            0 => {
                let offset = number(id, self.offset_bytes)?;
                let size = number(id, self.length_bytes)?;
                self.managed(file, offset, size, scan)
            }
            1 => {
                let key = number(id, file.length_size)?;
                self.huge(file, key, scan)
            }
            2 => Ok(Place { begin: at + 1, size: u64::from(first & 0xf) + 1 }),
            _ => Err(Fault::broken(at, "has a heap identifier of no kind")),
        }
    }

    fn managed(
        &self,
        file: &File<'_>,
        offset: u64,
        size: u64,
        scan: &mut Scan<'_>,
    ) -> Result<Place> {
        let broken = |what: &str| Fault::broken(0, format!("has a heap {what}"));
        let mut block = self.root.ok_or_else(|| broken("without blocks"))?;
        let (mut within, mut rows) = (offset, u64::from(self.rows));
        if rows == 0 {
            return Ok(file.place(block.saturating_add(within), size));
        }
        let direct_rows = u64::from(self.largest.ilog2() - self.start.ilog2()) + 2;
        let first_bits = u64::from(self.start.ilog2() + self.width.ilog2());
        // Each round goes into a smaller block.
        for _ in 0..64 {
            scan.budget.step(8)?;
            let (row, column, rest, row_size) =
                self.find(within).ok_or_else(|| broken("offset beyond its blocks"))?;
            if row >= rows {
                return Err(broken("offset beyond its blocks"));
            }
            let number = row * self.width + column;
            let mut cursor = file.block(block, b"FHIB")?;
            cursor.skip(1 + u64::from(file.address_size) + u64::from(self.offset_bytes));
            cursor.skip(number.saturating_mul(u64::from(file.address_size)));
            block = file.address(&mut cursor)?.ok_or_else(|| broken("block that is nowhere"))?;
            within = rest;
            if row < direct_rows {
                return Ok(file.place(block.saturating_add(within), size));
            }
            rows = (u64::from(row_size.ilog2()) + 1).saturating_sub(first_bits);
        }
        Err(broken("of endless depth"))
    }

    /// The row and column of the block of an offset, the offset in the block,
    /// and the block's size.
    fn find(&self, offset: u64) -> Option<(u64, u64, u64, u64)> {
        let mut begin = 0_u64;
        for row in 0..64_u64 {
            let shift = u32::try_from(row.saturating_sub(1)).ok()?;
            let size = self.start.checked_mul(1_u64.checked_shl(shift)?)?;
            let all = size.checked_mul(self.width)?;
            let past = offset - begin;
            if past < all {
                return Some((row, past / size, past % size, size));
            }
            begin = begin.checked_add(all)?;
        }
        None
    }

    fn huge(&self, file: &File<'_>, key: u64, scan: &mut Scan<'_>) -> Result<Place> {
        let _ = self.flags;
        let nowhere = || Fault::broken(0, "has a heap object that is nowhere");
        let mut found = None;
        tree::records(file, self.huge.ok_or_else(nowhere)?, scan, &mut |cursor, kind, _| {
            let address = file.address(cursor)?;
            let size = file.length(cursor)?;
            if kind == 1 && file.length(cursor)? == key {
                found = address.map(|address| file.place(address, size));
            }
            Ok(())
        })?;
        found.ok_or_else(nowhere)
    }
}

/// Global heaps, in which strings of any length are kept.
#[derive(Default)]
pub(super) struct GlobalHeaps {
    /// Objects of the collections that were used last, by their number.
    held: Vec<(u64, HashMap<u16, Place>)>,
}

impl GlobalHeaps {
    /// Where the object of this number is in the collection at this address.
    pub(super) fn object(
        &mut self,
        file: &File<'_>,
        address: u64,
        number: u32,
        scan: &mut Scan<'_>,
    ) -> Result<Option<Place>> {
        let place = self.held.iter().position(|(held, _)| *held == address);
        let collection = match place {
            Some(place) => self.held.swap_remove(place),
            None => (address, collection(file, address, scan)?),
        };
        let found = u16::try_from(number).ok().and_then(|number| collection.1.get(&number));
        let found = found.copied();
        if self.held.len() >= 4 {
            self.held.remove(0);
        }
        self.held.push(collection);
        Ok(found)
    }
}

fn collection(file: &File<'_>, address: u64, scan: &mut Scan<'_>) -> Result<HashMap<u16, Place>> {
    let mut cursor = file.block(address, b"GCOL")?;
    let begin = cursor.position() - 4;
    cursor.skip(4);
    let end = begin.saturating_add(file.length(&mut cursor)?).min(file.size);
    let mut objects = HashMap::new();
    while cursor.position().saturating_add(16) <= end && objects.len() <= usize::from(u16::MAX) {
        scan.budget.step(16)?;
        let number = cursor.u16()?;
        cursor.skip(6);
        let size = file.length(&mut cursor)?;
        if number == 0 {
            break;
        }
        let begin = cursor.position();
        objects.entry(number).or_insert(Place { begin, size });
        cursor.go_to(begin.saturating_add(size.checked_next_multiple_of(8).unwrap_or(u64::MAX)));
    }
    Ok(objects)
}

/// Where the data of a local heap, which keeps the names of a group, is.
pub(super) fn local_heap(file: &File<'_>, address: u64) -> Result<Place> {
    let mut cursor = file.block(address, b"HEAP")?;
    let at = cursor.position();
    cursor.skip(4);
    let size = file.length(&mut cursor)?;
    file.length(&mut cursor)?;
    let data = file.address(&mut cursor)?;
    data.map(|data| file.place(data, size))
        .ok_or_else(|| Fault::broken(at, "has a heap of nothing"))
}
