//! Packs: many objects in one run of bytes, some as what differs from others.

use std::collections::HashMap;

use flate2::{Decompress, FlushDecompress, Status};
use sha1::{Digest as _, Sha1};

use crate::delta;
use crate::object::{Kind, Object, Oid};

/// How deep deltas may build on each other: git's own most.
const DEEPEST: usize = 4095;
/// Bytes that an object is counted with beside its own.
const OVERHEAD: usize = 128;
/// Bytes of a pack's beginning, before its first object.
const HEADER: usize = 12;

/// Why a pack cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// What is wrong with it, as the rest of a sentence.
    Malformed(&'static str),
    /// Its objects are more than can be held.
    TooLarge,
}

/// Objects by name, every one of which was digested.
#[derive(Debug)]
pub struct Objects {
    objects: HashMap<Oid, Object>,
    /// Bytes that are left for more.
    room: usize,
}

/// What an object of a pack is made from.
enum Base {
    /// Nothing.
    None(Kind),
    /// The object that begins at an offset.
    At(usize),
    /// The object of a name.
    Named(Oid),
}

struct Entry {
    offset: usize,
    base: Base,
    /// The object, or how it differs from its base.
    bytes: Vec<u8>,
}

impl Objects {
    /// None yet; they may take `room` bytes.
    pub fn new(room: usize) -> Self {
        Self { objects: HashMap::new(), room }
    }

    /// These, for tests of what stands on them.
    #[cfg(test)]
    pub fn of(objects: impl IntoIterator<Item = Object>) -> Self {
        let objects = objects.into_iter().map(|object| (object.oid(), object)).collect();
        Self { objects, room: 0 }
    }

    pub fn get(&self, oid: Oid) -> Option<&Object> {
        self.objects.get(&oid)
    }

    pub fn has(&self, oid: Oid) -> bool {
        self.objects.contains_key(&oid)
    }

    /// The bytes of a blob.
    pub fn blob(&self, oid: Oid) -> Option<&[u8]> {
        let object = self.get(oid).filter(|object| object.kind == Kind::Blob)?;
        Some(&object.bytes)
    }

    /// Takes the bytes of a blob out.
    pub fn take_blob(&mut self, oid: Oid) -> Option<Vec<u8>> {
        self.blob(oid)?;
        self.objects.remove(&oid).map(|object| object.bytes)
    }

    /// Adds all objects of a pack.
    ///
    /// # Errors
    /// Where it is malformed, lacks the base of a delta, or takes more room
    /// than there is.
    pub fn add(&mut self, pack: &[u8]) -> Result<(), Fault> {
        let mut whole = Vec::new();
        let mut by_offset: HashMap<usize, Vec<Entry>> = HashMap::new();
        let mut by_name: HashMap<Oid, Vec<Entry>> = HashMap::new();
        let mut deltas = 0_usize;
        for entry in self.entries(pack)? {
            match entry.base {
                Base::None(kind) => {
                    whole.push((entry.offset, Object { kind, bytes: entry.bytes }, 0));
                    continue;
                }
                Base::At(offset) => by_offset.entry(offset).or_default().push(entry),
                Base::Named(oid) => by_name.entry(oid).or_default().push(entry),
            }
            deltas += 1;
        }
        while let Some((offset, object, depth)) = whole.pop() {
            let oid = object.oid();
            let built = [by_offset.remove(&offset), by_name.remove(&oid)];
            for entry in built.into_iter().flatten().flatten() {
                if depth == DEEPEST {
                    return Err(Fault::Malformed("nests its deltas too deep"));
                }
                let bytes = delta::apply(&object.bytes, &entry.bytes, self.room)?;
                self.take(bytes.len())?;
                self.room += entry.bytes.len();
                deltas -= 1;
                whole.push((entry.offset, Object { kind: object.kind, bytes }, depth + 1));
            }
            self.objects.insert(oid, object);
        }
        if deltas > 0 {
            return Err(Fault::Malformed("has a delta whose base is missing"));
        }
        Ok(())
    }

    fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        self.room = self.room.checked_sub(bytes).ok_or(Fault::TooLarge)?;
        Ok(())
    }

    fn entries(&mut self, pack: &[u8]) -> Result<Vec<Entry>, Fault> {
        let (body, count) = checked(pack)?;
        let mut inflater = Decompress::new(true);
        let mut position = HEADER;
        let mut entries = Vec::new();
        for _ in 0..count {
            let (entry, end) = self.entry(body, position, &mut inflater)?;
            position = end;
            entries.push(entry);
        }
        if position == body.len() {
            Ok(entries)
        } else {
            Err(Fault::Malformed("holds more than it counts"))
        }
    }

    /// The entry at an offset, and where the next one begins.
    fn entry(
        &mut self,
        body: &[u8],
        offset: usize,
        inflater: &mut Decompress,
    ) -> Result<(Entry, usize), Fault> {
        let mut reader = Reader { bytes: body, position: offset };
        let (code, size) = reader.head()?;
        let base = match code {
            1 => Base::None(Kind::Commit),
            2 => Base::None(Kind::Tree),
            3 => Base::None(Kind::Blob),
            4 => Base::None(Kind::Tag),
            6 => {
                let back = reader.distance()?;
                let base = offset.checked_sub(back).filter(|_| back > 0);
                Base::At(base.ok_or(Fault::Malformed("has a delta whose base is outside"))?)
            }
            7 => Base::Named(reader.name()?),
            _ => return Err(Fault::Malformed("has an object of an unknown type")),
        };
        self.take(size.saturating_add(OVERHEAD))?;
        let bytes = reader.inflated(size, inflater)?;
        Ok((Entry { offset, base, bytes }, reader.position))
    }
}

/// The pack without its checksum, which was compared, and how many objects it
/// counts.
fn checked(pack: &[u8]) -> Result<(&[u8], u32), Fault> {
    let end = pack.len().checked_sub(Oid::LENGTH).filter(|end| *end >= HEADER);
    let (body, sum) = pack.split_at(end.ok_or(Fault::Malformed("breaks off"))?);
    if Sha1::digest(body).as_slice() != sum {
        return Err(Fault::Malformed("does not have its own checksum"));
    }
    let number =
        |at: usize| body[at..at + 4].iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    match (&body[..4], number(4)) {
        (b"PACK", 2 | 3) => Ok((body, number(8))),
        (b"PACK", _) => Err(Fault::Malformed("is of an unknown version")),
        _ => Err(Fault::Malformed("is none")),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = self.bytes.get(self.position).ok_or(Fault::Malformed("breaks off"))?;
        self.position += 1;
        Ok(*byte)
    }

    /// The type, and the size of what is inflated.
    fn head(&mut self) -> Result<(u8, usize), Fault> {
        let first = self.byte()?;
        let mut size = u64::from(first & 0x0f);
        let mut more = first & 0x80 != 0;
        let mut shift = 4;
        while more {
            let byte = self.byte()?;
            // Sizes beyond 46 bits are beyond every limit.
            if shift > 39 {
                return Err(Fault::TooLarge);
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        Ok((first >> 4 & 7, usize::try_from(size).map_err(|_| Fault::TooLarge)?))
    }

    /// How far before a delta its base begins: seven bits a byte, the highest
    /// first, one added to each continued one.
    fn distance(&mut self) -> Result<usize, Fault> {
        let mut distance = 0_usize;
        loop {
            let byte = self.byte()?;
            distance |= usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(distance);
            }
            let next = distance.checked_add(1).filter(|next| next.leading_zeros() > 7);
            distance = next.ok_or(Fault::Malformed("has a delta whose base is outside"))? << 7;
        }
    }

    fn name(&mut self) -> Result<Oid, Fault> {
        let name = self.bytes.get(self.position..).and_then(|rest| rest.get(..Oid::LENGTH));
        self.position += Oid::LENGTH;
        name.and_then(Oid::from_bytes).ok_or(Fault::Malformed("breaks off"))
    }

    fn inflated(&mut self, size: usize, inflater: &mut Decompress) -> Result<Vec<u8>, Fault> {
        let input = self.bytes.get(self.position..).unwrap_or_default();
        // One byte more, so that the end is met in one go, and an excess is seen.
        let mut output = vec![0; size + 1];
        inflater.reset(true);
        let status = inflater.decompress(input, &mut output, FlushDecompress::Finish);
        let whole = matches!(status, Ok(Status::StreamEnd)) && inflater.total_out() == size as u64;
        if !whole {
            return Err(Fault::Malformed("has an object that cannot be inflated to its size"));
        }
        output.truncate(size);
        // No more than there was of input.
        self.position += inflater.total_in() as usize;
        Ok(output)
    }
}

#[cfg(test)]
mod tests;
