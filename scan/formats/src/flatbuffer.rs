//! FlatBuffers: tables that point at one another, every pointer held against
//! the file before it is followed.

#[cfg(test)]
pub mod making;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Fault, Head, Part, Result, View, view};

/// Bytes of a stream that are held.
const HELD: usize = 24 << 20;
/// Bytes of a string that are looked at.
const TEXT: u32 = 4096;

/// A part's bytes as tables.
#[derive(Clone, Copy)]
pub struct Flat<'v> {
    view: &'v (dyn View + 'v),
    size: u64,
}

/// A table: where it is, and where the places of its fields are.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    place: u64,
    fields: u64,
    /// Bytes of the list of places.
    length: u16,
}

/// A vector: where its first element is, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vector {
    /// From the part's begin.
    pub begin: u64,
    /// Elements.
    pub length: u32,
}

impl Vector {
    /// Where the elements are, each of so many bytes.
    pub fn places(self, width: u64) -> impl Iterator<Item = u64> {
        (0..u64::from(self.length)).map(move |index| self.begin + index * width)
    }
}

/// A part's bytes for reading here and there: those of a stream are held, where
/// they are not too many.
///
/// # Errors
/// Where they cannot be read.
pub fn settled<'a>(part: &Part<'a>) -> Result<Rc<dyn View + 'a>> {
    let view = part.view();
    if view.is_random() {
        return Ok(view.clone());
    }
    let bytes = view.bytes(0, HELD + 1)?;
    Ok(if bytes.len() > HELD { view.clone() } else { Rc::new(Memory::new(bytes)) })
}

/// Whether a part has this identifier where a flat buffer has it.
pub fn is(head: &Head, identifier: &[u8; 4]) -> bool {
    let root = head.begin.first_chunk().map_or(0, |root| u64::from(u32::from_le_bytes(*root)));
    head.has_at(4, identifier) && root >= 8 && head.size.is_none_or(|size| root < size)
}

impl<'v> Flat<'v> {
    /// Reads these bytes.
    ///
    /// # Errors
    /// Where its size cannot be had.
    pub fn new(view: &'v (dyn View + 'v)) -> Result<Self> {
        Ok(Self { view, size: view.size()? })
    }

    /// Bytes of the part.
    pub fn size(self) -> u64 {
        self.size
    }

    /// The table that the first bytes point at.
    ///
    /// # Errors
    /// Where there is none.
    pub fn root(self) -> Result<Table> {
        self.table(0)
    }

    /// The number at a place.
    ///
    /// # Errors
    /// Where the part ends before.
    pub fn u32(self, place: u64) -> Result<u32> {
        view::array(self.view, place).map(u32::from_le_bytes)
    }

    fn u16(self, place: u64) -> Result<u16> {
        view::array(self.view, place).map(u16::from_le_bytes)
    }

    /// Where the pointer at a place leads.
    fn follow(self, place: u64) -> Result<u64> {
        let to = place.checked_add(u64::from(self.u32(place)?));
        to.filter(|to| *to > place && *to < self.size)
            .ok_or_else(|| Fault::broken(place, "has a pointer that leads out of it"))
    }

    /// The table that the pointer at a place leads to.
    ///
    /// # Errors
    /// Where there is none.
    pub fn table(self, pointer: u64) -> Result<Table> {
        let place = self.follow(pointer)?;
        let back = i64::from(self.u32(place)?.cast_signed());
        let fields = place.checked_add_signed(-back).filter(|fields| *fields < self.size);
        let fields =
            fields.ok_or_else(|| Fault::broken(place, "has a table whose fields are out of it"))?;
        let length = self.u16(fields)?;
        if length < 4 || length % 2 != 0 || fields + u64::from(length) > self.size {
            return Err(Fault::broken(fields, "has a table whose list of fields is none"));
        }
        Ok(Table { place, fields, length })
    }

    /// Where a field of a table is; `None` where it has its default.
    ///
    /// # Errors
    /// Where the place is not in the part.
    pub fn field(self, table: Table, number: u16) -> Result<Option<u64>> {
        let entry = 4 + 2 * number;
        if entry + 2 > table.length {
            return Ok(None);
        }
        match self.u16(table.fields + u64::from(entry))? {
            0 => Ok(None),
            offset => {
                let place = table.place + u64::from(offset);
                let inside = place < self.size;
                let outside = || Fault::broken(table.place, "has a field that lies out of it");
                inside.then_some(Some(place)).ok_or_else(outside)
            }
        }
    }

    /// A field of one byte; zero where it has its default.
    ///
    /// # Errors
    /// As [`Self::field`].
    pub fn byte(self, table: Table, number: u16) -> Result<u8> {
        let Some(place) = self.field(table, number)? else { return Ok(0) };
        Ok(view::array::<1>(self.view, place)?[0])
    }

    /// A field of four bytes, or its default.
    ///
    /// # Errors
    /// As [`Self::field`].
    pub fn number(self, table: Table, number: u16, default: u32) -> Result<u32> {
        self.field(table, number)?.map_or(Ok(default), |place| self.u32(place))
    }

    /// A field of eight bytes; zero where it has its default.
    ///
    /// # Errors
    /// As [`Self::field`].
    pub fn long(self, table: Table, number: u16) -> Result<u64> {
        let Some(place) = self.field(table, number)? else { return Ok(0) };
        view::array(self.view, place).map(u64::from_le_bytes)
    }

    /// A field that is a table of its own.
    ///
    /// # Errors
    /// As [`Self::field`].
    pub fn inner(self, table: Table, number: u16) -> Result<Option<Table>> {
        self.field(table, number)?.map(|place| self.table(place)).transpose()
    }

    /// A field that is a vector of elements of so many bytes; empty where it
    /// has its default.
    ///
    /// # Errors
    /// Where the part cannot hold it.
    pub fn vector(self, table: Table, number: u16, width: u64) -> Result<Vector> {
        let Some(place) = self.field(table, number)? else { return Ok(Vector::default()) };
        let place = self.follow(place)?;
        let length = self.u32(place)?;
        let end = (place + 4).saturating_add(u64::from(length) * width);
        if end > self.size {
            return Err(Fault::broken(
                place,
                format!("has a vector of {length} that it cannot hold"),
            ));
        }
        Ok(Vector { begin: place + 4, length })
    }

    /// A field that is a string; empty where it has its default, and cut where
    /// it is long.
    ///
    /// # Errors
    /// As [`Self::vector`].
    pub fn text(self, table: Table, number: u16) -> Result<String> {
        let vector = self.vector(table, number, 1)?;
        let bytes = self.bytes(vector, TEXT)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The first bytes of a vector.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn bytes(self, vector: Vector, most: u32) -> Result<Vec<u8>> {
        self.view.bytes(vector.begin, vector.length.min(most) as usize)
    }
}
