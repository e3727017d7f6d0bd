//! Numbers and strings, in either order of bytes and with the lengths of every
//! version.

use nix_ai_model_scan_walk::{Cursor, Fault, Result};

/// Bytes of a string that are kept.
pub const KEPT: u64 = 1 << 20;

/// The file from one place on.
pub struct Wire<'v> {
    cursor: Cursor<'v>,
    size: u64,
    big: bool,
    /// Version 1 counts in 32 bits.
    narrow: bool,
}

impl<'v> Wire<'v> {
    /// Begins behind the version, whose bytes say in which order numbers are.
    pub fn new(cursor: Cursor<'v>, version: [u8; 4], size: u64) -> Result<Self> {
        let big = version[0] == 0 && version[3] != 0;
        let number = if big { u32::from_be_bytes(version) } else { u32::from_le_bytes(version) };
        if !(1..=3).contains(&number) {
            return Err(Fault::Unsupported(format!("version {number}")));
        }
        Ok(Self { cursor, size, big, narrow: number == 1 })
    }

    pub fn position(&self) -> u64 {
        self.cursor.position()
    }

    pub fn u8(&mut self) -> Result<u8> {
        self.cursor.u8()
    }

    pub fn u32(&mut self) -> Result<u32> {
        let bytes = self.cursor.array()?;
        Ok(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub fn u64(&mut self) -> Result<u64> {
        let bytes = self.cursor.array()?;
        Ok(if self.big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A count or length.
    pub fn count(&mut self) -> Result<u64> {
        if self.narrow { self.u32().map(u64::from) } else { self.u64() }
    }

    /// Bytes that are left.
    pub fn left(&self) -> u64 {
        self.size.saturating_sub(self.position())
    }

    /// Passes over bytes; `None` where there are not so many.
    pub fn skip(&mut self, bytes: u64) -> Option<()> {
        if bytes > self.left() {
            return None;
        }
        self.cursor.skip(bytes);
        Some(())
    }

    /// A string, cut where it is very long; an error is a length that the file
    /// does not hold.
    pub fn text(&mut self) -> Result<std::result::Result<String, u64>> {
        let length = self.count()?;
        if length > self.left() {
            return Ok(Err(length));
        }
        let kept = self.cursor.take_bytes(usize::try_from(length.min(KEPT)).unwrap_or_default())?;
        self.cursor.skip(length.saturating_sub(KEPT));
        Ok(Ok(String::from_utf8(kept)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())))
    }
}
