use std::io::{BufRead, Error, ErrorKind, Read};
use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Result, View};

/// Bytes that are read ahead.
const AHEAD: usize = 64 << 10;

/// A view from its first byte on, owned: what decompressors read.
pub struct Feed<'a> {
    view: Rc<dyn View + 'a>,
    /// Where the buffer's first byte is in the view.
    from: u64,
    buffer: Vec<u8>,
    next: usize,
    ahead: usize,
}

impl<'a> Feed<'a> {
    pub fn new(view: Rc<dyn View + 'a>) -> Self {
        Self { view, from: 0, buffer: Vec::new(), next: 0, ahead: 4096 }
    }

    /// Where the next byte is.
    pub fn position(&self) -> u64 {
        self.from + self.next as u64
    }

    /// What is buffered from the next byte on; nothing at the end.
    pub fn peek(&mut self) -> Result<&[u8]> {
        if self.next == self.buffer.len() {
            self.from += self.next as u64;
            self.next = 0;
            self.buffer.resize(self.ahead, 0);
            self.ahead = AHEAD.min(self.ahead * 4);
            let read = self.view.read_at(self.from, &mut self.buffer);
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(&self.buffer[self.next..])
    }

    /// Passes over bytes of what [`Self::peek`] showed.
    pub fn advance(&mut self, bytes: usize) {
        self.next = self.buffer.len().min(self.next.saturating_add(bytes));
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes).map_err(|error| fault(&error, self.position()))?;
        Ok(bytes)
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let held = self.peek()?;
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        self.advance(read);
        Ok(read)
    }
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(self.peek()?)
    }

    fn consume(&mut self, bytes: usize) {
        self.advance(bytes);
    }
}

/// What a library's error means: a fault that passed through it, or one of its
/// own at this place.
pub fn fault(error: &Error, offset: u64) -> Fault {
    let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Fault>());
    match (own, error.kind()) {
        (Some(fault), _) => fault.clone(),
        (None, ErrorKind::UnexpectedEof) => Fault::Truncated(offset),
        (None, ErrorKind::OutOfMemory) => Fault::Limit("memory"),
        (None, ErrorKind::Unsupported) => Fault::Unsupported(error.to_string()),
        (None, _) => Fault::broken(offset, format!("does not unpack: {error}")),
    }
}
