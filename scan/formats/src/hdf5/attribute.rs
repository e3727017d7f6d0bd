use nix_ai_model_scan_walk::{Cursor, Fault, Result, Scan};

use super::file::{File, Place, number};
use super::header::Message;
use super::heap::{GlobalHeaps, Heap};
use super::tree;

/// Values of one attribute that are looked at.
const VALUES: u64 = 4096;

/// A string or other bytes that an attribute holds.
pub(super) struct Value {
    /// The attribute's name.
    pub(super) name: String,
    pub(super) place: Place,
}

/// What a datatype says of the bytes of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They are text or bytes of no kind.
    Bytes,
    /// They lie in a global heap, as text or not.
    Heap { is_text: bool },
    /// Numbers and all else.
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Datatype {
    pub(super) kind: Kind,
    pub(super) size: u64,
}

/// What is done with each value.
pub(super) type Take<'t, 'b> = dyn FnMut(Value, &mut Scan<'b>) -> Result<()> + 't;

impl File<'_> {
    /// Goes through the values that a message tells, of one attribute or of
    /// many.
    pub(super) fn attributes<'b>(
        &self,
        message: Message,
        heaps: &mut GlobalHeaps,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, 'b>,
    ) -> Result<()> {
        if message.kind == 0x0c {
            return self.attribute(message.place, heaps, scan, take);
        }
        let mut cursor = self.from(message.place.begin)?;
        cursor.skip(1);
        let flags = cursor.u8()?;
        cursor.skip(if flags & 1 != 0 { 2 } else { 0 });
        let (heap, names) = (self.address(&mut cursor)?, self.address(&mut cursor)?);
        let (Some(heap), Some(names)) = (heap, names) else { return Ok(()) };
        let heap = Heap::new(self, heap)?;
        let mut ids = Vec::new();
        tree::records(self, names, scan, &mut |cursor, _, _| {
            ids.push(cursor.position());
            Ok(())
        })?;
        for id in ids {
            let place = heap.object(self, &mut self.from(id)?, scan)?;
            self.attribute(place, heaps, scan, take)?;
        }
        Ok(())
    }

    fn attribute<'b>(
        &self,
        place: Place,
        heaps: &mut GlobalHeaps,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, 'b>,
    ) -> Result<()> {
        let mut cursor = self.from(place.begin)?;
        let (version, flags) = (cursor.u8()?, cursor.u8()?);
        let sizes = [cursor.u16()?, cursor.u16()?, cursor.u16()?].map(u64::from);
        cursor.skip(if version == 3 { 1 } else { 0 });
        let padded = |size: u64| if version == 1 { size.next_multiple_of(8) } else { size };
        let begin = cursor.position();
        let datatype_at = begin + padded(sizes[0]);
        let space_at = datatype_at + padded(sizes[1]);
        let data = space_at + padded(sizes[2]);
        if !(1..=3).contains(&version) || data > place.begin.saturating_add(place.size) {
            return Err(Fault::broken(place.begin, "has an attribute of impossible measures"));
        }
        let name = cursor.take_bytes(sizes[0] as usize)?;
        let name = String::from_utf8_lossy(&name).trim_end_matches('\0').to_owned();
        let is_shared = version > 1 && flags & 1 != 0;
        let datatype = self.datatype(datatype_at, is_shared, scan)?;
        if datatype.kind == Kind::Other {
            return Ok(());
        }
        let (values, datatype) = match (self.space(space_at)?, datatype.size) {
            // A list of bytes is one value.
            (bytes, 1) => (1, Datatype { size: bytes, ..datatype }),
            (values, _) => (values.min(VALUES), datatype),
        };
        let room = place.begin.saturating_add(place.size).saturating_sub(data);
        for value in 0..values {
            let at = data.saturating_add(value.saturating_mul(datatype.size));
            if datatype.size == 0 || at.saturating_add(datatype.size) > data.saturating_add(room) {
                break;
            }
            scan.budget.step(8)?;
            cursor.go_to(at);
            if let Some(place) = self.value(&mut cursor, datatype, heaps, scan)? {
                take(Value { name: name.clone(), place }, scan)?;
            }
        }
        Ok(())
    }

    /// Where the bytes of the value that comes next are.
    pub(super) fn value(
        &self,
        cursor: &mut Cursor<'_>,
        datatype: Datatype,
        heaps: &mut GlobalHeaps,
        scan: &mut Scan<'_>,
    ) -> Result<Option<Place>> {
        if !matches!(datatype.kind, Kind::Heap { .. }) {
            return Ok(Some(Place { begin: cursor.position(), size: datatype.size }));
        }
        let items = u64::from(cursor.u32()?);
        let heap = self.address(cursor)?.filter(|heap| *heap != 0 && items > 0);
        let number = cursor.u32()?;
        let Some(heap) = heap else { return Ok(None) };
        let place = heaps.object(self, heap, number, scan)?;
        Ok(place.map(|place| Place { size: place.size.min(items), ..place }))
    }

    /// Reads a datatype, or that of another object where it is shared.
    pub(super) fn datatype(
        &self,
        at: u64,
        is_shared: bool,
        scan: &mut Scan<'_>,
    ) -> Result<Datatype> {
        let mut cursor = self.from(at)?;
        if !is_shared {
            return self.plain_datatype(&mut cursor);
        }
        let version = cursor.u8()?;
        let kind = cursor.u8()?;
        cursor.skip(if version == 1 { 6 } else { 0 });
        if version == 3 && kind == 1 {
            return Err(Fault::Unsupported("messages that objects share".to_owned()));
        }
        let Some(object) = self.address(&mut cursor)? else {
            return Err(Fault::broken(at, "has a datatype that is nowhere"));
        };
        let messages = self.messages(object, scan)?;
        let datatype = messages.iter().find(|message| message.kind == 3 && !message.is_shared);
        match datatype {
            Some(message) => self.plain_datatype(&mut self.from(message.place.begin)?),
            None => Err(Fault::broken(at, "has a datatype that is none")),
        }
    }

    fn plain_datatype(&self, cursor: &mut Cursor<'_>) -> Result<Datatype> {
        let first = cursor.u8()?;
        let bits = cursor.u8()?;
        cursor.skip(2);
        let size = u64::from(cursor.u32()?);
        let kind = match first & 0xf {
            3 | 5 => Kind::Bytes,
            9 if bits & 0xf == 1 => Kind::Heap { is_text: true },
            9 => {
                let base = cursor.u8()? & 0xf;
                cursor.skip(3);
                let item = u64::from(cursor.u32()?);
                // Lists of bytes are how pickles are kept.
                if matches!(base, 0 | 3 | 4 | 5) && item == 1 {
                    Kind::Heap { is_text: false }
                } else {
                    Kind::Other
                }
            }
            0 | 4 if size == 1 => Kind::Bytes,
            _ => Kind::Other,
        };
        Ok(Datatype { kind, size })
    }

    /// How many values a dataspace has.
    pub(super) fn space(&self, at: u64) -> Result<u64> {
        let mut cursor = self.from(at)?;
        let (version, rank, _, kind) = (cursor.u8()?, cursor.u8()?, cursor.u8()?, cursor.u8()?);
        if version == 1 {
            cursor.skip(4);
        } else if kind == 2 {
            return Ok(0);
        }
        let mut values = 1_u64;
        for _ in 0..rank {
            values = values.saturating_mul(number(&mut cursor, self.length_size)?);
        }
        Ok(values)
    }
}
