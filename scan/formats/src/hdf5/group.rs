use nix_ai_model_scan_walk::{Cursor, Fault, Result, Scan};

use super::file::{File, Place, number, string};
use super::header::Message;
use super::heap::{Heap, local_heap};
use super::tree;

/// Bytes of a name that are kept.
const NAME: usize = 1024;

/// Where a link of a group leads.
pub(super) enum Target {
    /// To the object with this header.
    Object(u64),
    /// To a path of the same file.
    Path,
    /// To this path of this other file.
    File(String, String),
    /// Wherever the program that registered this kind takes it.
    Foreign(u8),
}

pub(super) struct Link {
    pub(super) name: String,
    pub(super) target: Target,
}

/// What is done with each link.
pub(super) type Take<'t, 's, 'b> = dyn FnMut(Link, &mut Scan<'b>) -> Result<()> + 't;

impl File<'_> {
    /// Goes through the links that a message of a group tells.
    pub(super) fn links<'b>(
        &self,
        message: Message,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, '_, 'b>,
    ) -> Result<()> {
        let mut cursor = self.from(message.place.begin)?;
        match message.kind {
            0x02 => {
                let flags = {
                    cursor.skip(1);
                    cursor.u8()?
                };
                cursor.skip(if flags & 1 != 0 { 8 } else { 0 });
                let (heap, names) = (self.address(&mut cursor)?, self.address(&mut cursor)?);
                match (heap, names) {
                    (Some(heap), Some(names)) => self.many(heap, names, scan, take),
                    _ => Ok(()),
                }
            }
            0x06 => take(self.link(message.place)?, scan),
            0x11 => {
                let (tree, heap) = (self.address(&mut cursor)?, self.address(&mut cursor)?);
                match (tree, heap) {
                    (Some(tree), Some(heap)) => self.symbols(tree, heap, scan, take),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn many<'b>(
        &self,
        heap: u64,
        names: u64,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, '_, 'b>,
    ) -> Result<()> {
        let heap = Heap::new(self, heap)?;
        let mut ids = Vec::new();
        tree::records(self, names, scan, &mut |cursor, _, _| {
            ids.push(cursor.position() + 4);
            Ok(())
        })?;
        for id in ids {
            let place = heap.object(self, &mut self.from(id)?, scan)?;
            take(self.link(place)?, scan)?;
        }
        Ok(())
    }

    fn link(&self, place: Place) -> Result<Link> {
        let mut cursor = self.from(place.begin)?;
        cursor.skip(1);
        let flags = cursor.u8()?;
        let kind = if flags & 8 != 0 { cursor.u8()? } else { 0 };
        cursor.skip(if flags & 4 != 0 { 8 } else { 0 });
        cursor.skip(if flags & 0x10 != 0 { 1 } else { 0 });
        let length = number(&mut cursor, 1 << (flags & 3))?;
        let begin = cursor.position();
        if length > place.size {
            return Err(Fault::broken(begin, "has a name that is longer than what it is in"));
        }
        let name = text(&mut cursor, length)?;
        cursor.go_to(begin.saturating_add(length));
        let target = match kind {
            0 => {
                let object = self.address(&mut cursor)?;
                Target::Object(object.ok_or_else(|| Fault::broken(begin, "links to nothing"))?)
            }
            1 => Target::Path,
            64 => {
                cursor.skip(3);
                Target::File(string(&mut cursor, NAME)?, string(&mut cursor, NAME)?)
            }
            kind => Target::Foreign(kind),
        };
        Ok(Link { name, target })
    }

    /// Groups of old style: a tree whose leaves are nodes of symbols.
    fn symbols<'b>(
        &self,
        tree: u64,
        heap: u64,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, '_, 'b>,
    ) -> Result<()> {
        let heap = local_heap(self, heap)?;
        let mut nodes = vec![tree];
        let mut left = self.size / 8 + 16;
        while let Some(node) = nodes.pop() {
            let mut cursor = self.at(node)?;
            let at = cursor.position();
            left = left.checked_sub(1).ok_or(Fault::broken(at, "has a tree that is a ring"))?;
            match &cursor.array()? {
                b"TREE" => {
                    cursor.skip(2);
                    let count = u64::from(cursor.u16()?);
                    left = left
                        .checked_sub(count)
                        .ok_or(Fault::broken(at, "has a tree that is a ring"))?;
                    scan.budget.step(8 * (1 + count))?;
                    cursor.skip(2 * u64::from(self.address_size));
                    for _ in 0..count {
                        cursor.skip(self.length_size.into());
                        nodes.extend(self.address(&mut cursor)?);
                    }
                }
                b"SNOD" => self.symbol_node(cursor, heap, scan, take)?,
                _ => return Err(Fault::broken(at, "has no group node where one must be")),
            }
        }
        Ok(())
    }

    fn symbol_node<'b>(
        &self,
        mut cursor: Cursor<'_>,
        heap: Place,
        scan: &mut Scan<'b>,
        take: &mut Take<'_, '_, 'b>,
    ) -> Result<()> {
        cursor.skip(2);
        let count = cursor.u16()?;
        for _ in 0..count {
            scan.budget.step(16)?;
            let name = number(&mut cursor, self.address_size)?;
            let object = self.address(&mut cursor)?;
            let cached = cursor.u32()?;
            cursor.skip(20);
            let target = match object {
                Some(object) if cached != 2 => Target::Object(object),
                _ => Target::Path,
            };
            let mut names = self.from(heap.begin.saturating_add(name))?;
            take(Link { name: string(&mut names, NAME)?, target }, scan)?;
        }
        Ok(())
    }
}

/// Text of this many bytes, of which the first are kept.
fn text(cursor: &mut Cursor<'_>, length: u64) -> Result<String> {
    let kept = usize::try_from(length).unwrap_or(NAME).min(NAME);
    Ok(String::from_utf8_lossy(&cursor.take_bytes(kept)?).into_owned())
}
