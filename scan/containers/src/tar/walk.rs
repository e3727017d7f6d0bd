use std::collections::HashSet;

use nix_ai_model_scan_walk::{Fault, Part, Result, Scan, cut_bytes, view};

use super::header::{BLOCK, Block, Header, is_header};
use super::member::Member;
use super::pax::{self, Pax};
use crate::rules;

/// Zeros behind an archive's end that are passed over to look for another one.
const ZEROS: u64 = 64 << 20;
/// Names of links that are kept; members may not be unpacked through them.
const LINKS: usize = 100_000;

/// The way through an archive, from its first block to its last.
pub struct Walk<'w, 'a> {
    pub part: &'w Part<'a>,
    /// Where the next block is.
    pub place: u64,
    /// What is said of all members, and of the next.
    global: Pax,
    next: Pax,
    /// The names of links.
    pub links: HashSet<Vec<u8>>,
    fault: Option<Fault>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub fn new(part: &'w Part<'a>) -> Self {
        Self {
            part,
            place: 0,
            global: Pax::default(),
            next: Pax::default(),
            links: HashSet::new(),
            fault: None,
        }
    }

    /// Reads all members; what is broken is told at the end.
    pub fn run(mut self, scan: &mut Scan<'a>) -> Result<()> {
        while let Some(block) = self.block()? {
            scan.budget.step(1)?;
            let at = self.place;
            self.place += BLOCK;
            if block.iter().all(|byte| *byte == 0) {
                if !self.pass_end(at, scan)? {
                    break;
                }
            } else if is_header(&block) {
                match Header::read(&block, at) {
                    Ok(header) => self.entry(header, &block, at, scan)?,
                    Err(fault) => self.note(fault),
                }
            } else {
                // Python ends here; GNU's tar goes on at the next header.
                self.note(Fault::broken(at, "has a header whose checksum is wrong"));
            }
        }
        self.fault.map_or(Ok(()), Err)
    }

    pub fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Keeps the name of a link.
    pub fn link(&mut self, name: &[u8]) {
        if self.links.len() < LINKS {
            self.links.insert(plain(name));
        } else {
            self.note(Fault::Limit("links"));
        }
    }

    /// The next block; `None` at the end.
    fn block(&mut self) -> Result<Option<Block>> {
        match view::array(&**self.part.view(), self.place) {
            Ok(block) => Ok(Some(block)),
            Err(Fault::Truncated(at)) if at == self.place => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Passes over the end mark of zeros; false where nothing follows it.
    fn pass_end(&mut self, at: u64, scan: &mut Scan<'a>) -> Result<bool> {
        while self.place - at < ZEROS {
            let Ok(Some(block)) = self.block() else { return Ok(false) };
            if block.iter().any(|byte| *byte != 0) {
                let message = if is_header(&block) {
                    "another archive follows the end of this one"
                } else {
                    "bytes that are no archive follow its end"
                };
                scan.find(self.part, rules::TRAILING.found(message).at(self.place));
                return Ok(is_header(&block));
            }
            self.place += BLOCK;
        }
        Ok(false)
    }

    /// Reads what a header begins.
    fn entry(
        &mut self,
        mut header: Header,
        block: &Block,
        at: u64,
        scan: &mut Scan<'a>,
    ) -> Result<()> {
        match header.kind {
            b'x' | b'X' | b'g' | b'L' | b'K' => return self.extend(&header, at),
            b'V' | b'D' | b'M' | b'N' if header.kind != b'M' => {
                self.place = self.behind(header.size);
                return Ok(());
            }
            _ => {}
        }
        let mut pax = std::mem::take(&mut self.next);
        pax.path = pax.path.or_else(|| self.global.path.clone());
        pax.target = pax.target.or_else(|| self.global.target.clone());
        pax.size = pax.size.or(self.global.size);
        if let Some(path) = pax.path.take() {
            header.name = path;
        }
        if let Some(target) = pax.target.take() {
            header.target = target;
        }
        if let Some(size) = pax.size.filter(|size| *size != header.size) {
            self.sizes_differ(&header, size, at, scan);
            header.size = size;
        }
        Member { header, sparse: pax.sparse, at }.read(self, block, scan)
    }

    /// Sizes of both kinds are told only where the old kind cannot hold it.
    fn sizes_differ(&self, header: &Header, size: u64, at: u64, scan: &mut Scan<'a>) {
        if size < 1 << 33 {
            let message = format!(
                "the member {:?} has {} bytes by its header and {size} by its extended header",
                cut_bytes(&header.name),
                header.size
            );
            scan.find(self.part, rules::TAR_SIZE.found(message).at(at));
        }
    }

    /// Takes what an extended header says.
    fn extend(&mut self, header: &Header, at: u64) -> Result<()> {
        let begin = self.place;
        self.place = self.behind(header.size);
        if header.size > pax::MOST {
            self.note(Fault::Limit("bytes of extended headers"));
            return Ok(());
        }
        let content = self.part.view().bytes(begin, usize::try_from(header.size).unwrap_or(0))?;
        match header.kind {
            b'g' => self.global.read(&content, at),
            b'L' => {
                self.next.path = Some(super::header::text(&content).to_vec());
                Ok(())
            }
            b'K' => {
                self.next.target = Some(super::header::text(&content).to_vec());
                Ok(())
            }
            _ => self.next.read(&content, at),
        }
    }

    /// Where the block behind so many bytes is.
    pub fn behind(&self, size: u64) -> u64 {
        let blocks = size.div_ceil(BLOCK);
        self.place.saturating_add(blocks.saturating_mul(BLOCK))
    }
}

/// A name without what does not matter: `./a//b/` is `a/b`.
pub fn plain(name: &[u8]) -> Vec<u8> {
    let names = name.split(|byte| *byte == b'/').filter(|name| !matches!(*name, b"" | b"."));
    names.collect::<Vec<_>>().join(&b'/')
}
