use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Cursor, Fault, Found, Level, Result, Scan, View, cut};

use super::attribute::{Datatype, Kind};
use super::file::{File, Place, number, string};
use super::filter::unpack;
use super::header::Message;
use super::heap::{GlobalHeaps, local_heap};
use super::rules;
use crate::text::leads_outside;

/// Names of files that one data set may tell.
const FILES: usize = 256;
/// Bytes of a virtual data set's mappings that are read.
const MAPPINGS: u64 = 64 << 10;
/// Values of one data set that are looked at.
const VALUES: u64 = 65_536;
/// Bytes of a chunk that are read.
pub(super) const CHUNK: u64 = 8 << 20;

/// Filters that the library brings, and h5py's LZF.
fn is_own(filter: u16) -> bool {
    matches!(filter, 0..=6 | 32_000)
}

/// Filters that people use, by their registered numbers: LZO, bzip2, lzf,
/// blosc, mafisc, snappy, lz4, bitshuffle, zfp, zstd and their like.
const REGISTERED: std::ops::RangeInclusive<u16> = 305..=32_099;

impl File<'_> {
    /// What the filters of a data set are.
    pub(super) fn filters(&self, message: Message) -> Result<(Vec<u16>, Vec<Found>)> {
        let mut cursor = self.from(message.place.begin)?;
        let (version, count) = (cursor.u8()?, cursor.u8()?);
        cursor.skip(if version == 1 { 6 } else { 0 });
        let (mut filters, mut found) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let at = cursor.position();
            let number = cursor.u16()?;
            let name = if version == 1 || number >= 256 { cursor.u16()? } else { 0 };
            cursor.skip(2);
            let values = u64::from(cursor.u16()?);
            let name = u64::from(name);
            cursor.skip(if version == 1 { name.next_multiple_of(8) } else { name });
            cursor.skip(4 * if version == 1 { values.next_multiple_of(2) } else { values });
            filters.push(number);
            if !is_own(number) {
                let told =
                    format!("a data set is packed by filter {number}, which a plugin brings");
                let level = if REGISTERED.contains(&number) { Level::Note } else { Level::Medium };
                found.push(rules::FILTER.found(told).level(level).at(at));
            }
        }
        Ok((filters, found))
    }

    /// The files that hold a data set's bytes.
    pub(super) fn storage(&self, message: Message) -> Result<Vec<Found>> {
        let mut cursor = self.from(message.place.begin)?;
        let at = cursor.position();
        cursor.skip(4);
        let (_, used) = (cursor.u16()?, cursor.u16()?);
        let heap = self.address(&mut cursor)?;
        let names = match heap {
            Some(heap) => local_heap(self, heap)?,
            None => return Err(Fault::broken(at, "names files that are nowhere")),
        };
        let mut found = Vec::new();
        for _ in 0..usize::from(used).min(FILES) {
            let name = self.length(&mut cursor)?;
            cursor.skip(2 * u64::from(self.length_size));
            let mut name = self.from(names.begin.saturating_add(name))?;
            let told = format!("a data set's bytes lie in \"{}\"", cut(&string(&mut name, 1024)?));
            found.push(rules::STORAGE.found(told).at(at));
        }
        if found.is_empty() {
            found.push(rules::STORAGE.found("a data set's bytes lie in another file").at(at));
        }
        Ok(found)
    }

    /// The files that a virtual data set is put together from, where the
    /// layout is one.
    pub(super) fn mappings(
        &self,
        message: Message,
        heaps: &mut GlobalHeaps,
        scan: &mut Scan<'_>,
    ) -> Result<Vec<Found>> {
        let mut cursor = self.from(message.place.begin)?;
        let at = cursor.position();
        let (version, class) = (cursor.u8()?, cursor.u8()?);
        if version < 4 || class != 3 {
            return Ok(Vec::new());
        }
        let heap = self.address(&mut cursor)?;
        let number = cursor.u32()?;
        let Some(heap) = heap else { return Ok(Vec::new()) };
        let Some(place) = heaps.object(self, heap, number, scan)? else {
            return Err(Fault::broken(at, "has a virtual data set whose sources are nowhere"));
        };
        let length = place.size.min(MAPPINGS);
        scan.budget.step(length)?;
        let bytes = self.view.bytes(place.begin, usize::try_from(length).unwrap_or(0))?;
        let outside = names(&bytes, 1 + usize::from(self.length_size));
        let found = |told: String| rules::VIRTUAL.found(told).at(at);
        let of_file = |name: &String| {
            let told = format!("a data set is put together from \"{}\"", cut(name));
            // A file beside this one is of the same model, as a rule.
            let level = if leads_outside(name) { Level::High } else { Level::Medium };
            found(told).level(level)
        };
        let mut all: Vec<Found> = outside.iter().map(of_file).collect();
        if all.is_empty() {
            let told = "a data set is put together from others of this file".to_owned();
            all.push(found(told).level(Level::Low));
        }
        Ok(all)
    }

    /// Goes through the values of a data set, as far as its filters are those
    /// that are undone here.
    pub(super) fn values<'b>(
        &self,
        layout: Message,
        datatype: Datatype,
        filters: &[u16],
        heaps: &mut GlobalHeaps,
        scan: &mut Scan<'b>,
        take: &mut dyn FnMut(Place, &mut Scan<'b>),
    ) -> Result<()> {
        let mut left = VALUES;
        for stretch in self.stretches(layout, scan)? {
            let packed = (!filters.is_empty())
                .then(|| unpack(&*self.view, stretch, filters, datatype, scan))
                .transpose()?
                .map(Memory::new);
            let (view, begin): (&dyn View, u64) = match &packed {
                Some(packed) => (packed, 0),
                None => (&*self.view, stretch.begin),
            };
            let end = match &packed {
                Some(packed) => packed.size()?,
                None => begin.saturating_add(stretch.size).min(self.size),
            };
            // Lists of bytes are one value.
            if datatype.size == 1 && packed.is_none() {
                take(Place { begin, size: end.saturating_sub(begin) }, scan);
                continue;
            }
            let (mut cursor, mut at) = (Cursor::new(view), begin);
            while datatype.size > 0 && at.saturating_add(datatype.size) <= end {
                if left == 0 {
                    return Ok(());
                }
                left -= 1;
                scan.budget.step(16)?;
                cursor.go_to(at);
                if let Some(place) = self.value(&mut cursor, datatype, heaps, scan)? {
                    take(place, scan);
                }
                at += datatype.size;
            }
        }
        Ok(())
    }

    /// Where the bytes of a data set are in this file.
    fn stretches(&self, layout: Message, scan: &mut Scan<'_>) -> Result<Vec<Place>> {
        let mut cursor = self.from(layout.place.begin)?;
        let (version, class) = (cursor.u8()?, cursor.u8()?);
        if !(3..=5).contains(&version) {
            return Ok(Vec::new());
        }
        match class {
            0 => {
                let size = u64::from(cursor.u16()?);
                Ok(vec![Place { begin: cursor.position(), size }])
            }
            1 => {
                let address = self.address(&mut cursor)?;
                let size = self.length(&mut cursor)?;
                Ok(address.map(|address| self.place(address, size)).into_iter().collect())
            }
            2 if version > 3 => self.lone_chunk(&mut cursor),
            2 if version == 3 => {
                let dimensions = cursor.u8()?;
                match self.address(&mut cursor)? {
                    Some(tree) => self.chunks(tree, dimensions, scan),
                    None => Ok(Vec::new()),
                }
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The chunk of a data set that has but one, as the newest files keep it.
    fn lone_chunk(&self, cursor: &mut Cursor<'_>) -> Result<Vec<Place>> {
        let (flags, dimensions, width) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
        let mut size = 1_u64;
        for _ in 0..dimensions {
            size = size.saturating_mul(number(cursor, width)?);
        }
        if cursor.u8()? != 1 {
            return Ok(Vec::new());
        }
        if flags & 2 != 0 {
            size = self.length(cursor)?;
            cursor.skip(4);
        }
        let address = self.address(cursor)?;
        Ok(address.map(|address| self.place(address, size)).into_iter().collect())
    }

    /// The bytes of a packed data set, where they begin like a pickle. Others
    /// are left after their first chunk.
    pub(super) fn packed(
        &self,
        layout: Message,
        datatype: Datatype,
        filters: &[u16],
        scan: &mut Scan<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let mut whole = Vec::new();
        for chunk in self.stretches(layout, scan)? {
            let plain = match unpack(&*self.view, chunk, filters, datatype, scan) {
                Ok(plain) => plain,
                Err(Fault::Limit(what)) => return Err(Fault::Limit(what)),
                // A chunk may be stored as it is, and others are numbers.
                Err(_) => self
                    .view
                    .bytes(chunk.begin, usize::try_from(chunk.size.min(CHUNK)).unwrap_or(0))?,
            };
            whole.extend(plain);
            if !matches!(*whole, [0x80, 2..=5, _, ..]) {
                return Ok(None);
            }
            if whole.len() as u64 > CHUNK {
                return Err(Fault::Limit("bytes of a packed pickle"));
            }
        }
        Ok((!whole.is_empty()).then_some(whole))
    }

    fn chunks(&self, tree: u64, dimensions: u8, scan: &mut Scan<'_>) -> Result<Vec<Place>> {
        let (mut nodes, mut chunks) = (vec![tree], Vec::new());
        let mut left = self.size / 8 + 16;
        while let Some(node) = nodes.pop() {
            let mut cursor = self.block(node, b"TREE")?;
            let at = cursor.position();
            cursor.skip(1);
            let level = cursor.u8()?;
            let count = u64::from(cursor.u16()?);
            left = left
                .checked_sub(1 + count)
                .ok_or(Fault::broken(at, "has a tree that is a ring"))?;
            scan.budget.step(8 * (1 + count))?;
            cursor.skip(2 * u64::from(self.address_size));
            for _ in 0..count {
                let size = u64::from(cursor.u32()?);
                cursor.skip(4 + 8 * u64::from(dimensions));
                match self.address(&mut cursor)? {
                    Some(child) if level > 0 => nodes.push(child),
                    Some(chunk) => chunks.push(self.place(chunk, size)),
                    None => {}
                }
            }
            if chunks.len() > 1 << 18 {
                return Err(Fault::Limit("chunks of a data set"));
            }
        }
        Ok(chunks)
    }
}

/// The names of files in the mappings of a virtual data set: the first, and
/// what else there looks like one. "." is the file itself.
fn names(bytes: &[u8], begin: usize) -> Vec<String> {
    let rest = bytes.get(begin..).unwrap_or_default();
    // Since version 1 a sign of each mapping says whether it names a file.
    let (rest, is_named) = match (bytes, rest) {
        ([1..=255, ..], [flags, rest @ ..]) => (rest, flags & 4 == 0),
        _ => (rest, true),
    };
    let mut names: Vec<String> = Vec::new();
    for (number, text) in rest.split(|byte| *byte == 0).enumerate() {
        let text = String::from_utf8_lossy(text).into_owned();
        let looks = text.len() > 3
            && text.contains('.')
            && text.chars().all(|sign| !sign.is_control() && sign != char::REPLACEMENT_CHARACTER);
        let is_name = !matches!(text.as_str(), "" | ".") && (number == 0 && is_named || looks);
        if is_name && names.len() < FILES && !names.contains(&text) {
            names.push(text);
        }
    }
    names
}

/// Whether bytes may be a pickle, or another thing that readers know by its
/// begin.
pub(super) fn may_be_pickle(begin: &[u8]) -> bool {
    matches!(begin, [0x80, 0..=5, ..])
        || begin.first().is_some_and(|first| b"(]}cIFSVLN".contains(first))
}

/// Whether values of the kind are looked at.
pub(super) fn is_of_interest(datatype: Datatype) -> bool {
    match datatype.kind {
        Kind::Bytes => true,
        Kind::Heap { .. } => true,
        Kind::Other => false,
    }
}

/// Reads up to so many bytes.
pub(super) fn begin(cursor: &mut Cursor<'_>, size: u64) -> Result<Vec<u8>> {
    let held = cursor.peek()?;
    let length = held.len().min(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(held[..length].to_vec())
}
