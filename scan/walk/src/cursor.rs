use std::io::{BufRead, Error, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Deref;

use crate::{Fault, Result, View, view};

/// Bytes that are read ahead.
const AHEAD: usize = 64 << 10;

/// A view that is lent, buffered.
pub type Cursor<'v> = Buffered<&'v (dyn View + 'v)>;

/// A view, lent or owned, from one place on, buffered. It is a [`BufRead`] and
/// a [`Seek`] for the libraries that want one, and reads numbers for the
/// readers here.
pub struct Buffered<V> {
    view: V,
    /// Where the buffer's first byte is in the view.
    from: u64,
    buffer: Vec<u8>,
    /// Where in the buffer the next byte is.
    next: usize,
    /// How much is read ahead: little at first, since many parts are left
    /// after a few bytes.
    ahead: usize,
}

impl<V: Deref<Target: View>> Buffered<V> {
    /// Begins at the view's first byte.
    pub fn new(view: V) -> Self {
        Self { view, from: 0, buffer: Vec::new(), next: 0, ahead: 4096 }
    }

    /// Where the next byte is.
    pub fn position(&self) -> u64 {
        self.from + self.next as u64
    }

    /// Goes on at this place, which may lie beyond the end.
    pub fn go_to(&mut self, place: u64) {
        match place.checked_sub(self.from).and_then(|past| usize::try_from(past).ok()) {
            Some(past) if past <= self.buffer.len() => self.next = past,
            _ => {
                self.from = place;
                self.buffer.clear();
                self.next = 0;
            }
        }
    }

    /// Passes over bytes, which may not be there.
    pub fn skip(&mut self, bytes: u64) {
        self.go_to(self.position().saturating_add(bytes));
    }

    /// What is buffered from the next byte on: some bytes, or none at the end.
    ///
    /// # Errors
    /// Where they cannot be read.
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

    /// Whether no byte is left.
    ///
    /// # Errors
    /// Where that cannot be found out.
    pub fn is_at_end(&mut self) -> Result<bool> {
        Ok(self.peek()?.is_empty())
    }

    /// Fills `bytes`.
    ///
    /// # Errors
    /// [`Fault::Truncated`] where there are fewer; where they cannot be read.
    pub fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        let mut filled = 0;
        while filled < bytes.len() {
            let left = &mut bytes[filled..];
            let held = self.peek()?;
            if held.is_empty() {
                return Err(Fault::Truncated(self.position()));
            }
            let more = held.len().min(left.len());
            left[..more].copy_from_slice(&held[..more]);
            self.advance(more);
            filled += more;
        }
        Ok(())
    }

    /// The next `length` bytes. The caller bounds the length.
    ///
    /// # Errors
    /// As [`Self::fill`]; no memory is taken for bytes that are not there
    /// beyond those that are read ahead.
    pub fn take_bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length.min(AHEAD));
        while bytes.len() < length {
            let held = self.peek()?;
            if held.is_empty() {
                return Err(Fault::Truncated(self.position()));
            }
            let more = held.len().min(length - bytes.len());
            bytes.extend_from_slice(&held[..more]);
            self.advance(more);
        }
        Ok(bytes)
    }

    /// The next line with its end, or the first `most` bytes of it; nothing at
    /// the end.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn line(&mut self, most: usize) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let held = self.peek()?;
            let held = &held[..held.len().min(most - line.len())];
            let end = held.iter().position(|byte| *byte == b'\n');
            let more = end.map_or(held.len(), |end| end + 1);
            line.extend_from_slice(&held[..more]);
            self.advance(more);
            if end.is_some() || more == 0 {
                return Ok(line);
            }
        }
    }

    /// The next `N` bytes, which stay where they are.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn ahead<const N: usize>(&self) -> Result<[u8; N]> {
        view::array(&*self.view, self.position())
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next byte.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    /// The next two bytes as a little-endian number.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// The next four bytes as a little-endian number.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next eight bytes as a little-endian number.
    ///
    /// # Errors
    /// As [`Self::fill`].
    pub fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }
}

impl<V: Deref<Target: View>> Read for Buffered<V> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let held = self.peek()?;
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        self.advance(read);
        Ok(read)
    }
}

impl<V: Deref<Target: View>> BufRead for Buffered<V> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        Ok(self.peek()?)
    }

    fn consume(&mut self, bytes: usize) {
        self.advance(bytes);
    }
}

impl<V: Deref<Target: View>> Seek for Buffered<V> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(past) => self.view.size()?.checked_add_signed(past),
            SeekFrom::Current(past) => self.position().checked_add_signed(past),
        };
        let place =
            place.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "before the first byte"))?;
        self.go_to(place);
        Ok(place)
    }
}
