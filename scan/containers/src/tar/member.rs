use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Memory, Range};
use nix_ai_model_scan_walk::{Fault, Result, Scan, View, cut_bytes, view};

use super::header::{BLOCK, Block, Header, is_header, number};
use super::pax;
use super::sparse::{self, Sparse};
use super::walk::{Walk, plain};
use crate::path::{escape, link_escape};
use crate::rules;

/// Members of a stream up to this size are held: going back in it is dear.
const HELD: u64 = 4 << 20;

/// A member, by all that is said of it.
pub struct Member {
    pub header: Header,
    pub sparse: pax::Sparse,
    pub at: u64,
}

impl Member {
    /// Judges the member and has its content read.
    pub fn read<'a>(
        mut self,
        walk: &mut Walk<'_, 'a>,
        block: &Block,
        scan: &mut Scan<'a>,
    ) -> Result<()> {
        self.judge(walk, scan);
        if self.header.kind == b'S' {
            self.old_map(walk, block)?;
        }
        let size = self.header.size;
        if size == 0 || self.header.is_bare() && !self.has_content(walk)? {
            return Ok(());
        }
        let begin = walk.place;
        walk.place = walk.behind(size);
        let view = walk.part.view();
        if view.is_random() && size > view.size()?.saturating_sub(begin) {
            walk.note(Fault::Truncated(view.size()?));
        }
        let content = self.content(walk, begin)?;
        scan.part(&walk.part.within(&cut_bytes(&self.header.name), content));
        Ok(())
    }

    /// Whether content follows though the kind has none: tools differ there.
    fn has_content(&self, walk: &Walk<'_, '_>) -> Result<bool> {
        let block: Block = match view::array(&**walk.part.view(), walk.place) {
            Ok(block) => block,
            Err(Fault::Truncated(_)) => return Ok(false),
            Err(fault) => return Err(fault),
        };
        Ok(!is_header(&block) && block.iter().any(|byte| *byte != 0))
    }

    /// The content's bytes.
    fn content<'a>(&mut self, walk: &Walk<'_, 'a>, begin: u64) -> Result<Rc<dyn View + 'a>> {
        let (whole, size) = (walk.part.view(), self.header.size);
        let range = Range::new(whole.clone(), begin, size);
        let raw: Rc<dyn View + 'a> = if whole.is_random() || size > HELD {
            Rc::new(range)
        } else {
            Rc::new(Memory::new(range.bytes(0, usize::try_from(size).unwrap_or(0))?))
        };
        let Some(full) = self.sparse.size else { return Ok(raw) };
        if self.sparse.is_in_content {
            let before = self.new_map(&*raw)?;
            let raw = Rc::new(Range::new(raw, before, size.saturating_sub(before)));
            return Ok(Rc::new(Sparse::new(raw, full, &self.sparse.map, self.at)?));
        }
        Ok(Rc::new(Sparse::new(raw, full, &self.sparse.map, self.at)?))
    }

    /// The map of GNU's old sparse files: in the header, and in blocks behind
    /// it.
    fn old_map(&mut self, walk: &mut Walk<'_, '_>, block: &Block) -> Result<()> {
        let broken = || Fault::broken(self.at, "has a sparse member whose map is broken");
        let mut take = |map: &[u8]| -> Result<()> {
            for field in map.chunks_exact(12).filter(|field| field[0] != 0) {
                self.sparse.map.push(number(field).ok_or_else(broken)?);
            }
            Ok(())
        };
        take(&block[386..482])?;
        let mut is_extended = block[482] != 0;
        let mut blocks = 0;
        while is_extended {
            let more: Block = view::array(&**walk.part.view(), walk.place)?;
            walk.place += BLOCK;
            take(&more[..504])?;
            is_extended = more[504] != 0;
            blocks += 1;
            if blocks > sparse::MOST / 21 {
                return Err(Fault::Limit("stretches of a sparse file"));
            }
        }
        self.sparse.size = Some(number(&block[483..495]).ok_or_else(broken)?);
        Ok(())
    }

    /// The map of GNU's newest sparse files: decimal numbers in lines before
    /// the content. Says how many bytes it takes.
    fn new_map(&mut self, content: &dyn View) -> Result<u64> {
        let broken = || Fault::broken(self.at, "has a sparse member whose map is broken");
        let mut cursor = nix_ai_model_scan_walk::Cursor::new(content);
        let mut number = || -> Result<u64> {
            let mut digits = String::new();
            loop {
                match cursor.u8()? {
                    b'\n' => break digits.parse().map_err(|_| broken()),
                    digit @ b'0'..=b'9' if digits.len() < 20 => digits.push(char::from(digit)),
                    _ => break Err(broken()),
                }
            }
        };
        let count = number()?;
        if count > sparse::MOST as u64 {
            return Err(Fault::Limit("stretches of a sparse file"));
        }
        let map = (0..2 * count).map(|_| number()).collect::<Result<_>>()?;
        self.sparse.map = map;
        Ok(cursor.position().div_ceil(BLOCK) * BLOCK)
    }

    fn judge<'a>(&self, walk: &mut Walk<'_, 'a>, scan: &mut Scan<'a>) {
        let Header { kind, name, target, .. } = &self.header;
        let (shown, target) = (cut_bytes(name), cut_bytes(target));
        if let Some(how) = escape(&shown) {
            let message = format!("the member {shown:?} {how}");
            scan.find(walk.part, rules::PATH.found(message).at(self.at));
        }
        if passes_link(name, walk) {
            let message = format!("the member {shown:?} is unpacked through a link of the archive");
            scan.find(walk.part, rules::LINK.found(message).at(self.at));
        }
        let how = match kind {
            b'1' => escape(&target),
            b'2' => link_escape(&shown, &target),
            _ => None,
        };
        if let Some(how) = how {
            let message = format!("the member {shown:?} is a link to {target:?}, which {how}");
            scan.find(walk.part, rules::LINK.found(message).at(self.at));
        }
        match kind {
            b'2' => walk.link(name),
            b'3' | b'4' | b'6' => {
                let message = format!("the member {shown:?} is a device or a pipe");
                scan.find(walk.part, rules::DEVICE.found(message).at(self.at));
            }
            _ => {}
        }
    }
}

/// Whether a folder in the path of this name is a link.
fn passes_link(name: &[u8], walk: &Walk<'_, '_>) -> bool {
    if walk.links.is_empty() {
        return false;
    }
    let name = plain(name);
    let folders = name.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    folders.take(64).any(|(end, _)| walk.links.contains(&name[..end]))
}
