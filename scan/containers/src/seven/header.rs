use nix_ai_model_scan_walk::{Fault, Result};

use super::name::{Name, is_link};

/// Kinds of properties.
pub const END: u64 = 0;
pub const HEADER: u64 = 1;
const ARCHIVE_PROPERTIES: u64 = 2;
const ADDITIONAL_STREAMS: u64 = 3;
const MAIN_STREAMS: u64 = 4;
const FILES: u64 = 5;
const PACK: u64 = 6;
const UNPACK: u64 = 7;
const SUBSTREAMS: u64 = 8;
const SIZES: u64 = 9;
const DIGESTS: u64 = 10;
const FOLDERS: u64 = 11;
const UNPACK_SIZES: u64 = 12;
const COUNTS: u64 = 13;
const EMPTY: u64 = 14;
const NAMES: u64 = 17;
const ATTRIBUTES: u64 = 21;
pub const ENCODED: u64 = 23;

/// Things of a kind that are kept.
const MOST: u64 = 250_000;

/// A step of unpacking.
#[derive(Debug, Clone, Default)]
pub struct Coder {
    pub method: Vec<u8>,
    pub properties: Vec<u8>,
    /// Bytes that it makes.
    pub size: u64,
    /// Whether it has more than one input or output.
    is_complex: bool,
}

/// What was packed together.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// From what the archive holds to the content; `None` where the steps are
    /// no chain.
    pub coders: Option<Vec<Coder>>,
    /// How many packed streams it takes.
    packs: usize,
    /// The sizes of its files.
    pub files: Vec<u64>,
}

/// What packed streams there are.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    /// Where the first is, from behind the first header.
    pub place: u64,
    pub packs: Vec<u64>,
    pub folders: Vec<Folder>,
}

impl Streams {
    /// Each folder, and where its packed bytes begin and how many there are.
    pub fn placed(&self) -> impl Iterator<Item = (&Folder, u64, u64)> {
        let (mut place, mut next) = (self.place, 0);
        self.folders.iter().map(move |folder| {
            let packs = self.packs.get(next..).unwrap_or_default();
            let packs = &packs[..folder.packs.min(packs.len())];
            next += packs.len();
            let size = packs.iter().fold(0, |sum: u64, size| sum.saturating_add(*size));
            let begin = place;
            place = place.saturating_add(size);
            (folder, begin, size)
        })
    }
}

/// All that a header says.
#[derive(Debug, Default)]
pub struct Contents {
    pub streams: Streams,
    /// The names of the files that have content, in order.
    pub names: Vec<Name>,
}

/// A header that is held, and how far it is read.
pub struct Header<'h> {
    bytes: &'h [u8],
    next: usize,
}

impl<'h> Header<'h> {
    pub fn new(bytes: &'h [u8]) -> Self {
        Self { bytes, next: 0 }
    }

    fn broken(&self) -> Fault {
        Fault::broken(self.next as u64, "has a broken header")
    }

    fn take(&mut self, length: u64) -> Result<&'h [u8]> {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let taken = taken.ok_or_else(|| self.broken())?;
        self.next += taken.len();
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// A number: as many bytes follow the first as it has leading ones.
    pub fn number(&mut self) -> Result<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut low = [0; 8];
        low[..more as usize].copy_from_slice(self.take(more.into())?);
        let high = u64::from(first) & (0x7f_u64 >> more.min(7));
        Ok(u64::from_le_bytes(low) | high.checked_shl(8 * more).unwrap_or(0))
    }

    fn count(&mut self) -> Result<u64> {
        match self.number()? {
            count if count > MOST => Err(Fault::Limit("members")),
            count => Ok(count),
        }
    }

    fn numbers(&mut self, count: usize) -> Result<Vec<u64>> {
        (0..count).map(|_| self.number()).collect()
    }

    fn bits(&mut self, count: u64) -> Result<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        let bit = |at: u64| bytes[(at / 8) as usize] & (0x80 >> (at % 8)) != 0;
        Ok((0..count).map(bit).collect())
    }

    fn digests(&mut self, count: u64) -> Result<()> {
        let defined = match self.byte()? {
            0 => self.bits(count)?.iter().filter(|bit| **bit).count() as u64,
            _ => count,
        };
        self.take(4 * defined).map(drop)
    }

    /// What is behind the first byte of a whole header.
    pub fn contents(&mut self) -> Result<Contents> {
        let mut contents = Contents::default();
        loop {
            match self.number()? {
                END => return Ok(contents),
                ARCHIVE_PROPERTIES => {
                    while self.number()? != END {
                        let size = self.number()?;
                        self.take(size)?;
                    }
                }
                ADDITIONAL_STREAMS => drop(self.streams()?),
                MAIN_STREAMS => contents.streams = self.streams()?,
                FILES => contents.names = self.files()?,
                _ => return Err(self.broken()),
            }
        }
    }

    pub fn streams(&mut self) -> Result<Streams> {
        let mut streams = Streams::default();
        loop {
            match self.number()? {
                END => break,
                PACK => {
                    streams.place = self.number()?;
                    streams.packs = self.packs()?;
                }
                UNPACK => streams.folders = self.folders()?,
                SUBSTREAMS => {
                    self.substreams(&mut streams.folders)?;
                    return self.end(streams);
                }
                _ => return Err(self.broken()),
            }
        }
        for folder in &mut streams.folders {
            let last = folder.coders.as_ref().and_then(|coders| coders.last());
            folder.files = vec![last.map_or(0, |coder| coder.size)];
        }
        Ok(streams)
    }

    fn end<T>(&mut self, read: T) -> Result<T> {
        match self.number()? {
            END => Ok(read),
            _ => Err(self.broken()),
        }
    }

    fn packs(&mut self) -> Result<Vec<u64>> {
        let count = self.count()?;
        let mut sizes = Vec::new();
        loop {
            match self.number()? {
                END => return Ok(sizes),
                SIZES => sizes = self.numbers(count as usize)?,
                DIGESTS => self.digests(count)?,
                _ => return Err(self.broken()),
            }
        }
    }

    fn folders(&mut self) -> Result<Vec<Folder>> {
        if self.number()? != FOLDERS {
            return Err(self.broken());
        }
        let count = self.count()?;
        if self.byte()? != 0 {
            return Err(Fault::Unsupported("a header in another stream".to_owned()));
        }
        let mut folders = Vec::new();
        let mut outputs = Vec::new();
        for _ in 0..count {
            let (folder, order) = self.folder()?;
            folders.push(folder);
            outputs.push(order);
        }
        loop {
            match self.number()? {
                END => return Ok(folders),
                UNPACK_SIZES => {
                    for (folder, (count, order)) in folders.iter_mut().zip(&outputs) {
                        let sizes = self.numbers(*count)?;
                        let coders = folder.coders.iter_mut().flatten();
                        for (coder, place) in coders.zip(order) {
                            coder.size = sizes.get(*place).copied().unwrap_or(0);
                        }
                    }
                }
                DIGESTS => self.digests(count)?,
                _ => return Err(self.broken()),
            }
        }
    }

    /// A folder, how many outputs it has, and which each coder of its chain is.
    fn folder(&mut self) -> Result<(Folder, (usize, Vec<usize>))> {
        /// Coders, inputs and outputs that 7-Zip itself takes.
        const MOST: u64 = 32;
        let count = self.number()?;
        let mut coders = Vec::new();
        let (mut inputs, mut outputs) = (0_u64, 0_u64);
        for _ in 0..count.min(MOST + 1) {
            let (coder, input, output) = self.coder()?;
            (inputs, outputs) = (inputs.saturating_add(input), outputs.saturating_add(output));
            coders.push(coder);
        }
        if count == 0 || count > MOST || inputs > MOST || outputs > MOST || outputs == 0 {
            return Err(self.broken());
        }
        let mut bound = Vec::new();
        for _ in 1..outputs {
            bound.push((self.number()? as usize, self.number()? as usize));
        }
        let packs = inputs.checked_sub(outputs - 1).filter(|packs| *packs > 0);
        let packs = packs.ok_or_else(|| self.broken())? as usize;
        if packs > 1 {
            self.numbers(packs)?;
        }
        let order = chain(&coders, &bound);
        let chained = order.as_ref().map(|order| order.iter().map(|at| coders[*at].clone()));
        let folder = Folder { coders: chained.map(Iterator::collect), packs, files: Vec::new() };
        Ok((folder, (outputs as usize, order.unwrap_or_default())))
    }

    fn coder(&mut self) -> Result<(Coder, u64, u64)> {
        let flags = self.byte()?;
        let method = self.take(u64::from(flags & 0xf))?.to_vec();
        let is_complex = flags & 0x10 != 0;
        let (inputs, outputs) = if is_complex { (self.number()?, self.number()?) } else { (1, 1) };
        let mut properties = Vec::new();
        if flags & 0x20 != 0 {
            let length = self.number()?;
            properties = self.take(length)?.to_vec();
        }
        Ok((Coder { method, properties, size: 0, is_complex }, inputs, outputs))
    }

    fn substreams(&mut self, folders: &mut [Folder]) -> Result<()> {
        let mut counts = vec![1; folders.len()];
        let mut kind = self.number()?;
        if kind == COUNTS {
            for count in &mut counts {
                *count = self.count()?;
            }
            kind = self.number()?;
        }
        if counts.iter().sum::<u64>() > MOST {
            return Err(Fault::Limit("members"));
        }
        for (folder, count) in folders.iter_mut().zip(&counts) {
            let coders = folder.coders.as_ref();
            let mut left = coders.and_then(|coders| coders.last()).map_or(0, |coder| coder.size);
            for _ in 1..*count {
                let size = if kind == SIZES { self.number()? } else { 0 };
                left = left.saturating_sub(size);
                folder.files.push(size);
            }
            if *count > 0 {
                folder.files.push(left);
            }
        }
        if kind == SIZES {
            kind = self.number()?;
        }
        // How many digests there are depends on what came before; nothing else
        // can come behind them.
        while kind != END {
            if kind != DIGESTS {
                return Err(self.broken());
            }
            let count = counts.iter().sum();
            self.digests(count)?;
            kind = self.number()?;
        }
        Ok(())
    }

    /// The names of the files that have content.
    fn files(&mut self) -> Result<Vec<Name>> {
        let count = self.count()?;
        let (mut names, mut empty, mut links) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let kind = self.number()?;
            if kind == END {
                break;
            }
            let size = self.number()?;
            let mut property = Header::new(self.take(size)?);
            match kind {
                EMPTY => empty = property.bits(count)?,
                NAMES => names = property.names()?,
                ATTRIBUTES => links = property.links(count)?,
                _ => {}
            }
        }
        let has_content = |at: usize| !empty.get(at).copied().unwrap_or(false);
        let names = names.into_iter().enumerate().filter(|(at, _)| has_content(*at));
        let is_link = |at: usize| links.get(at).copied().unwrap_or(false);
        Ok(names.map(|(at, text)| Name { text, is_link: is_link(at) }).collect())
    }

    /// Which files are links, by their attributes.
    fn links(&mut self, count: u64) -> Result<Vec<bool>> {
        let has = match self.byte()? {
            0 => self.bits(count)?,
            _ => vec![true; usize::try_from(count).unwrap_or(0)],
        };
        if self.byte()? != 0 {
            return Err(Fault::Unsupported("a header in another stream".to_owned()));
        }
        let mut links = Vec::with_capacity(has.len());
        for has in has {
            let mut four = [0; 4];
            if has {
                four.copy_from_slice(self.take(4)?);
            }
            links.push(is_link(u32::from_le_bytes(four)));
        }
        Ok(links)
    }

    fn names(&mut self) -> Result<Vec<String>> {
        if self.byte()? != 0 {
            return Err(Fault::Unsupported("a header in another stream".to_owned()));
        }
        let units = self.bytes.get(self.next..).unwrap_or_default().chunks_exact(2);
        let units: Vec<u16> = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
        Ok(units.split(|unit| *unit == 0).map(String::from_utf16_lossy).collect())
    }
}

/// The coders from the packed bytes to the content, where each but the first
/// takes what another makes.
fn chain(coders: &[Coder], bound: &[(usize, usize)]) -> Option<Vec<usize>> {
    if coders.iter().any(|coder| coder.is_complex) {
        return None;
    }
    let is_bound = |at: &usize| bound.iter().any(|(input, _)| input == at);
    let mut next = (0..coders.len()).find(|at| !is_bound(at));
    let mut order = Vec::new();
    while let Some(at) = next.filter(|at| *at < coders.len() && order.len() < coders.len()) {
        order.push(at);
        next = bound.iter().find(|(_, output)| *output == at).map(|(input, _)| *input);
    }
    (order.len() == coders.len()).then_some(order)
}
