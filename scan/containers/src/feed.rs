use std::io::{BufRead, Error, ErrorKind, Read};
use std::rc::Rc;

use nix_ai_model_scan_walk::{Fault, Result, View, view};

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

    /// The next `N` bytes, which stay where they are.
    pub fn ahead<const N: usize>(&self) -> Result<[u8; N]> {
        view::array(&*self.view, self.position())
    }

    /// Passes over bytes.
    pub fn skip(&mut self, bytes: u64) {
        let held = (self.buffer.len() - self.next) as u64;
        match usize::try_from(bytes) {
            Ok(bytes) if bytes as u64 <= held => self.next += bytes,
            _ => {
                self.from = self.position().saturating_add(bytes);
                self.buffer.clear();
                self.next = 0;
            }
        }
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
    match cause(error) {
        Some(Cause::Fault(fault)) => fault.clone(),
        Some(Cause::Kind(ErrorKind::UnexpectedEof)) => Fault::Truncated(offset),
        Some(Cause::Kind(ErrorKind::OutOfMemory)) => Fault::Limit("bytes of a window"),
        Some(Cause::Kind(ErrorKind::Unsupported)) => Fault::Unsupported(error.to_string()),
        _ => Fault::broken(offset, format!("does not unpack: {error}")),
    }
}

enum Cause<'e> {
    Fault(&'e Fault),
    Kind(ErrorKind),
}

/// What is at the bottom of an error, however libraries wrap it.
fn cause(error: &Error) -> Option<Cause<'_>> {
    /// Errors within errors.
    const DEPTH: usize = 16;
    let mut kind = error.kind();
    let mut next: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|e| e as _);
    for _ in 0..DEPTH {
        let Some(inner) = next else { break };
        if let Some(fault) = inner.downcast_ref::<Fault>() {
            return Some(Cause::Fault(fault));
        }
        next = match inner.downcast_ref::<Error>() {
            Some(inner) => {
                kind = inner.kind();
                inner.get_ref().map(|inner| inner as _)
            }
            None => inner.source(),
        };
    }
    Some(Cause::Kind(kind))
}
