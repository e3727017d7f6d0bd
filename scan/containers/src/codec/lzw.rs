use nix_ai_model_scan_walk::view::Expand;
use nix_ai_model_scan_walk::{Fault, Result};

use crate::feed::Feed;

/// Bits of the first codes.
const FIRST: u32 = 9;
/// The code that clears the table.
const CLEAR: u16 = 256;

/// What Unix's `compress` made.
pub struct Lzw<'a> {
    feed: Feed<'a>,
    /// Bits of the longest codes; zero before the header is read.
    most: u32,
    has_clear: bool,
    width: u32,
    /// For each code what it goes on from, and by which byte.
    prefixes: Vec<u16>,
    suffixes: Vec<u8>,
    /// The next free code.
    free: usize,
    before: Option<u16>,
    first: u8,
    /// Eight codes are read at once, and thrown away where the width changes.
    group: Vec<u8>,
    next_bit: usize,
    /// Bytes that were made and not yet taken, the last first.
    made: Vec<u8>,
}

impl<'a> Lzw<'a> {
    pub fn new(feed: Feed<'a>) -> Self {
        Self {
            feed,
            most: 0,
            has_clear: false,
            width: FIRST,
            prefixes: vec![0; 1 << 16],
            suffixes: (0..1_usize << 16).map(|code| code as u8).collect(),
            free: 257,
            before: None,
            first: 0,
            group: Vec::new(),
            next_bit: 0,
            made: Vec::new(),
        }
    }

    fn header(&mut self) -> Result<()> {
        let [.., flags] = self.feed.array::<3>()?;
        self.most = u32::from(flags & 0x1f);
        self.has_clear = flags & 0x80 != 0;
        if !(FIRST..=16).contains(&self.most) {
            return Err(Fault::broken(2, "has codes of a length that cannot be"));
        }
        self.free = if self.has_clear { 257 } else { 256 };
        Ok(())
    }

    /// The next code; `None` at the end.
    fn code(&mut self) -> Result<Option<u16>> {
        if self.free > (1 << self.width) - 1 && self.width < self.most {
            self.width += 1;
            self.group.clear();
        }
        let width = self.width as usize;
        if self.next_bit + width > 8 * self.group.len() || self.group.is_empty() {
            self.group.clear();
            self.next_bit = 0;
            while self.group.len() < width {
                let held = self.feed.peek()?;
                if held.is_empty() {
                    break;
                }
                let more = held.len().min(width - self.group.len());
                self.group.extend_from_slice(&held[..more]);
                self.feed.advance(more);
            }
            if 8 * self.group.len() < width {
                return Ok(None);
            }
        }
        let mut code = 0_u32;
        for bit in 0..width {
            let place = self.next_bit + bit;
            code |= u32::from(self.group[place / 8] >> (place % 8) & 1) << bit;
        }
        self.next_bit += width;
        Ok(u16::try_from(code).ok())
    }

    /// Makes the bytes of the next code; false at the end.
    fn step(&mut self) -> Result<bool> {
        let Some(code) = self.code()? else { return Ok(false) };
        if code == CLEAR && self.has_clear {
            self.free = 256;
            self.width = FIRST;
            self.group.clear();
            return Ok(true);
        }
        let broken = || Fault::broken(self.feed.position(), "has a code that is not there yet");
        let Some(before) = self.before else {
            if code > 255 {
                return Err(broken());
            }
            self.first = code as u8;
            self.before = Some(code);
            self.made.push(self.first);
            return Ok(true);
        };
        let mut next = code;
        if usize::from(code) >= self.free {
            if usize::from(code) > self.free {
                return Err(broken());
            }
            self.made.push(self.first);
            next = before;
        }
        // Each code goes on from an older one, so that this ends.
        while next > 255 {
            self.made.push(self.suffixes[usize::from(next)]);
            let prefix = self.prefixes[usize::from(next)];
            if prefix >= next {
                return Err(broken());
            }
            next = prefix;
        }
        self.first = next as u8;
        self.made.push(self.first);
        if self.free < 1 << self.most {
            self.prefixes[self.free] = before;
            self.suffixes[self.free] = self.first;
            self.free += 1;
        }
        self.before = Some(code);
        Ok(true)
    }
}

impl Expand for Lzw<'_> {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.most == 0 {
            self.header()?;
        }
        let mut filled = 0;
        while filled < buffer.len() {
            match self.made.pop() {
                Some(byte) => {
                    buffer[filled] = byte;
                    filled += 1;
                }
                None if !self.step()? => break,
                None => {}
            }
        }
        Ok(filled)
    }
}
