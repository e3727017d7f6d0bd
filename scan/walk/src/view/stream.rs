use std::cell::RefCell;

use super::View;
use crate::Result;

/// Bytes of what was made last that are held, so that a reader may step back a
/// little.
const HELD: usize = 256 << 10;
/// Bytes of the begin that are held: formats are recognised by them.
const BEGIN: usize = 64 << 10;
/// Bytes that are made at once.
const STEP: usize = 64 << 10;

/// Makes bytes one after the other: a decompressor over a view of its own.
pub trait Expand {
    /// Fills `buffer` with the next bytes, and says how many there were: none
    /// at the end.
    ///
    /// # Errors
    /// Where what is expanded is broken, cannot be read, or the budget is spent.
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize>;
}

/// What a decompressor makes, as a view. Reading forwards costs each byte once;
/// what lies further back than the held bytes is made anew from the begin.
pub struct Stream<'a> {
    start: Box<dyn Fn() -> Result<Box<dyn Expand + 'a>> + 'a>,
    state: RefCell<State<'a>>,
}

#[derive(Default)]
struct State<'a> {
    source: Option<Box<dyn Expand + 'a>>,
    begin: Vec<u8>,
    /// The newest bytes, and where they begin.
    held: Vec<u8>,
    held_from: u64,
    size: Option<u64>,
}

impl<'a> Stream<'a> {
    /// What the decompressor that `start` begins makes.
    pub fn new(start: impl Fn() -> Result<Box<dyn Expand + 'a>> + 'a) -> Self {
        Self { start: Box::new(start), state: RefCell::default() }
    }

    /// Makes bytes until those from `offset` on are held; false at the end.
    fn reach(&self, offset: u64) -> Result<bool> {
        let mut state = self.state.borrow_mut();
        if offset < state.held_from {
            state.source = None;
        }
        if state.source.is_none() {
            state.source = Some((self.start)()?);
            state.held.clear();
            state.held_from = 0;
        }
        while state.end() <= offset {
            if state.size.is_some_and(|size| size <= state.end()) || !state.make()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl State<'_> {
    fn end(&self) -> u64 {
        self.held_from + self.held.len() as u64
    }

    /// Makes a few bytes more; false at the end.
    fn make(&mut self) -> Result<bool> {
        if self.held.len() >= 2 * HELD {
            self.held_from += HELD as u64;
            self.held.drain(..HELD);
        }
        let from = self.held.len();
        self.held.resize(from + STEP, 0);
        let made = match self.source.as_mut().map(|source| source.expand(&mut self.held[from..])) {
            Some(Ok(made)) => made,
            Some(Err(fault)) => {
                self.held.truncate(from);
                return Err(fault);
            }
            None => 0,
        };
        self.held.truncate(from + made);
        if made == 0 {
            self.size = Some(self.end());
            return Ok(false);
        }
        let (begin, place) = (self.begin.len(), self.end() - made as u64);
        if begin < BEGIN && place == begin as u64 {
            let more = made.min(BEGIN - begin);
            self.begin.extend_from_slice(&self.held[from..from + more]);
        }
        Ok(true)
    }
}

impl View for Stream<'_> {
    fn size(&self) -> Result<u64> {
        loop {
            if let Some(size) = self.state.borrow().size {
                return Ok(size);
            }
            let end = self.state.borrow().end();
            self.reach(end)?;
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut read = 0;
        while read < buffer.len() {
            let place = offset + read as u64;
            {
                let state = self.state.borrow();
                let from = usize::try_from(place).unwrap_or(usize::MAX);
                if let Some(held) = state.begin.get(from..).filter(|held| !held.is_empty()) {
                    read += copy(held, &mut buffer[read..]);
                    continue;
                }
            }
            if !self.reach(place)? {
                break;
            }
            let state = self.state.borrow();
            let from = usize::try_from(place - state.held_from).unwrap_or(usize::MAX);
            read += copy(state.held.get(from..).unwrap_or_default(), &mut buffer[read..]);
        }
        Ok(read)
    }

    fn is_random(&self) -> bool {
        false
    }
}

fn copy(held: &[u8], buffer: &mut [u8]) -> usize {
    let length = held.len().min(buffer.len());
    buffer[..length].copy_from_slice(&held[..length]);
    length
}
