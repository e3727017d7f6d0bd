use std::collections::HashSet;

use nix_ai_model_scan_walk::{Cursor, Fault, Result, Scan};

use super::file::{File, Place, number};

/// Messages of one object.
const MESSAGES: usize = 1 << 20;
/// Continuations of one object header.
const BLOCKS: usize = 1 << 16;

/// A message of an object header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message {
    pub(super) kind: u16,
    pub(super) place: Place,
    /// Whether it only says where it is shared.
    pub(super) is_shared: bool,
}

impl File<'_> {
    /// The messages of the object whose header is at this address.
    pub(super) fn messages(&self, address: u64, scan: &mut Scan<'_>) -> Result<Vec<Message>> {
        let mut cursor = self.at(address)?;
        let at = cursor.position();
        let mut header = Header { file: self, creation: false, is_new: false, found: Vec::new() };
        let mut blocks = Vec::new();
        if cursor.array::<4>()? == *b"OHDR" {
            header.is_new = true;
            let (version, flags) = (cursor.u8()?, cursor.u8()?);
            if version != 2 {
                return Err(Fault::broken(at, "has an object header of unknown version"));
            }
            header.creation = flags & 4 != 0;
            cursor.skip(if flags & 0x20 != 0 { 16 } else { 0 });
            cursor.skip(if flags & 0x10 != 0 { 4 } else { 0 });
            let size = number(&mut cursor, 1 << (flags & 3))?;
            blocks.push(Place { begin: cursor.position(), size });
        } else {
            let mut cursor = self.at(address)?;
            if cursor.u8()? != 1 {
                return Err(Fault::broken(at, "has no object header where one must be"));
            }
            cursor.skip(7);
            let size = u64::from(cursor.u32()?);
            blocks.push(Place { begin: at + 16, size });
        }
        let mut seen = HashSet::new();
        while let Some(block) = blocks.pop() {
            if seen.len() >= BLOCKS {
                return Err(Fault::Limit("parts of an object header"));
            }
            if seen.insert(block.begin) {
                header.block(block, &mut blocks, scan)?;
            }
        }
        Ok(header.found)
    }
}

struct Header<'f, 'a> {
    file: &'f File<'a>,
    creation: bool,
    is_new: bool,
    found: Vec<Message>,
}

impl Header<'_, '_> {
    fn block(&mut self, block: Place, more: &mut Vec<Place>, scan: &mut Scan<'_>) -> Result<()> {
        let mut cursor = self.file.from(block.begin)?;
        let end = block.begin.saturating_add(block.size);
        let smallest = if self.is_new { 4 + 2 * u64::from(self.creation) } else { 8 };
        while cursor.position().saturating_add(smallest) <= end {
            scan.budget.step(8)?;
            let message = self.message(&mut cursor)?;
            let next = message.place.begin + message.place.size;
            if next > end {
                return Err(Fault::broken(message.place.begin, "has a message that is too long"));
            }
            if message.kind == 0x10 {
                more.push(self.continuation(message)?);
            } else if message.kind != 0 {
                if self.found.len() >= MESSAGES {
                    return Err(Fault::Limit("messages of an object"));
                }
                self.found.push(message);
            }
            cursor.go_to(next);
        }
        Ok(())
    }

    fn message(&self, cursor: &mut Cursor<'_>) -> Result<Message> {
        let kind = if self.is_new { u16::from(cursor.u8()?) } else { cursor.u16()? };
        let size = u64::from(cursor.u16()?);
        let flags = cursor.u8()?;
        cursor.skip(match (self.is_new, self.creation) {
            (false, _) => 3,
            (true, true) => 2,
            (true, false) => 0,
        });
        let place = Place { begin: cursor.position(), size };
        Ok(Message { kind, place, is_shared: flags & 2 != 0 })
    }

    fn continuation(&self, message: Message) -> Result<Place> {
        let mut cursor = self.file.from(message.place.begin)?;
        let at = cursor.position();
        let address = self.file.address(&mut cursor)?;
        let size = self.file.length(&mut cursor)?;
        let address = address.ok_or_else(|| Fault::broken(at, "goes on nowhere"))?;
        if !self.is_new {
            return Ok(self.file.place(address, size));
        }
        // Its signature and checksum are no messages.
        let cursor = self.file.block(address, b"OCHK")?;
        Ok(Place { begin: cursor.position(), size: size.saturating_sub(8) })
    }
}
