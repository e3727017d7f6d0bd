//! Thrift's compact protocol, of what is wanted of a structure.

use nix_ai_model_scan_walk::{Fault, Result};

/// Structures within structures.
const DEPTH: usize = 32;

pub(super) struct Thrift<'t> {
    bytes: &'t [u8],
    next: usize,
    depth: usize,
}

/// A field's number and the kind of its value.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) number: u64,
    pub(super) kind: u8,
}

impl<'t> Thrift<'t> {
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self { bytes, next: 0, depth: 0 }
    }

    /// Bytes that were read.
    pub(super) fn read(&self) -> usize {
        self.next
    }

    /// Reads a structure: `visit` says whether it read a field's value, which
    /// is passed over otherwise.
    pub(super) fn structure(
        &mut self,
        visit: &mut dyn FnMut(&mut Self, Field) -> Result<bool>,
    ) -> Result<()> {
        self.deeper()?;
        let mut number = 0_u64;
        loop {
            let header = self.byte()?;
            if header & 15 == 0 {
                self.depth -= 1;
                return Ok(());
            }
            number = match header >> 4 {
                0 => self.unsigned()? >> 1,
                more => number.saturating_add(u64::from(more)),
            };
            let field = Field { number, kind: header & 15 };
            if !visit(self, field)? {
                self.skip(field.kind)?;
            }
        }
    }

    /// Reads a list of structures, each by `each`.
    pub(super) fn structures(
        &mut self,
        each: &mut dyn FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (count, kind) = self.list()?;
        for _ in 0..count {
            if kind == 12 { each(self)? } else { self.element(kind)? }
        }
        Ok(())
    }

    /// A number with a sign, where it is none below zero.
    pub(super) fn number(&mut self) -> Result<u64> {
        Ok(self.unsigned()? >> 1)
    }

    fn deeper(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH { Err(Fault::Limit("structures within structures")) } else { Ok(()) }
    }

    fn list(&mut self) -> Result<(u64, u8)> {
        let header = self.byte()?;
        let count = if header >> 4 == 15 { self.unsigned()? } else { u64::from(header >> 4) };
        // Each element takes a byte.
        if count > self.bytes.len() as u64 { Err(self.broken()) } else { Ok((count, header & 15)) }
    }

    fn skip(&mut self, kind: u8) -> Result<()> {
        // A truth value of a field is within its header.
        if matches!(kind, 1 | 2) { Ok(()) } else { self.element(kind) }
    }

    fn element(&mut self, kind: u8) -> Result<()> {
        match kind {
            1..=3 => self.pass(1),
            4..=6 => self.unsigned().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.unsigned()?;
                self.pass(length)
            }
            9 | 10 => {
                self.deeper()?;
                let (count, kind) = self.list()?;
                for _ in 0..count {
                    self.element(kind)?;
                }
                self.depth -= 1;
                Ok(())
            }
            12 => self.structure(&mut |_, _| Ok(false)),
            13 => self.pass(16),
            _ => Err(self.broken()),
        }
    }

    fn pass(&mut self, bytes: u64) -> Result<()> {
        let left = (self.bytes.len() - self.next) as u64;
        if bytes > left {
            return Err(self.broken());
        }
        self.next += bytes as usize;
        Ok(())
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = self.bytes.get(self.next).copied().ok_or_else(|| self.broken())?;
        self.next += 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.broken())
    }

    fn broken(&self) -> Fault {
        Fault::broken(self.next as u64, "has a structure that is broken")
    }
}
