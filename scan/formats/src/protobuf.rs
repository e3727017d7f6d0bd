//! The wire format of protocol buffers, read field by field without a schema:
//! what is in a field is looked at only where its reader asks for it.

#[cfg(test)]
pub mod making;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Fault, Part, Result, Scan};

use crate::foreign::is_file;

/// Bytes of a string that are looked at.
const TEXT: u64 = 64 << 10;
/// Bytes of a name that are looked at.
const NAME: u64 = 512;
/// Groups within groups that are passed over.
const GROUPS: usize = 64;

/// A stretch of bytes: a message, a string, packed numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte, from the part's begin.
    pub begin: u64,
    /// Behind the last.
    pub end: u64,
}

impl Span {
    /// How long it is, in bytes.
    pub fn length(self) -> u64 {
        self.end.saturating_sub(self.begin)
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A number of variable length, or a fixed one.
    Number(u64),
    /// A message, a string or packed numbers.
    Bytes(Span),
}

/// A field: its number, what it holds, and where its tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub number: u32,
    pub value: Value,
    pub place: u64,
}

/// A part's bytes as fields.
pub struct Wire<'v> {
    cursor: Cursor<'v>,
    size: u64,
}

impl<'v> Wire<'v> {
    /// Reads a part.
    ///
    /// # Errors
    /// Where its size cannot be had.
    pub fn new<'a: 'v>(part: &'v Part<'a>) -> Result<Self> {
        Ok(Self { cursor: part.cursor(), size: part.view().size()? })
    }

    /// The whole part, as one message.
    pub fn whole(&self) -> Span {
        Span { begin: 0, end: self.size }
    }

    /// The next field of what is left of a message, which becomes shorter by
    /// it; `None` at the end.
    ///
    /// # Errors
    /// Where the bytes are no field, or one that ends behind the message.
    pub fn next(&mut self, left: &mut Span) -> Result<Option<Field>> {
        if left.begin >= left.end {
            return Ok(None);
        }
        let place = left.begin;
        self.cursor.go_to(place);
        let tag = self.varint(left.end)?;
        let (number, kind) = Self::tag(tag, place)?;
        let value = match kind {
            0 => Value::Number(self.varint(left.end)?),
            1 => Value::Number(self.fixed::<8>(left.end)?),
            5 => Value::Number(self.fixed::<4>(left.end)?),
            2 => {
                let length = self.varint(left.end)?;
                let begin = self.cursor.position();
                let end = begin.checked_add(length).filter(|end| *end <= left.end);
                let Some(end) = end else { return Err(self.beyond(place, left.end)) };
                self.cursor.go_to(end);
                Value::Bytes(Span { begin, end })
            }
            3 => self.group(number, left.end)?,
            _ => {
                return Err(Fault::broken(
                    place,
                    format!("has a field of the unknown kind {kind}"),
                ));
            }
        };
        left.begin = self.cursor.position();
        Ok(Some(Field { number, value, place }))
    }

    fn tag(tag: u64, place: u64) -> Result<(u32, u8)> {
        let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number));
        let number =
            number.ok_or_else(|| Fault::broken(place, "has a field of no valid number"))?;
        Ok((number, (tag & 7) as u8))
    }

    /// A field that ends behind its message: of the whole part, it is cut off.
    fn beyond(&self, place: u64, end: u64) -> Fault {
        if end == self.size {
            return Fault::Truncated(self.size);
        }
        Fault::broken(place, "has a field that ends behind its message")
    }

    fn varint(&mut self, end: u64) -> Result<u64> {
        let place = self.cursor.position();
        let mut number = 0_u64;
        for shift in (0..70).step_by(7) {
            if self.cursor.position() >= end {
                return Err(self.beyond(place, end));
            }
            let byte = self.byte()?;
            if shift < 64 {
                number |= u64::from(byte & 0x7f) << shift;
            }
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Fault::broken(place, "has a number of more than ten bytes"))
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = self.cursor.peek()?.first().copied();
        let byte = byte.ok_or(Fault::Truncated(self.cursor.position()))?;
        self.cursor.advance(1);
        Ok(byte)
    }

    fn fixed<const N: usize>(&mut self, end: u64) -> Result<u64> {
        let place = self.cursor.position();
        if end.saturating_sub(place) < N as u64 {
            return Err(self.beyond(place, end));
        }
        let mut bytes = [0; 8];
        bytes[..N].copy_from_slice(&self.cursor.array::<N>()?);
        Ok(u64::from_le_bytes(bytes))
    }

    /// Passes over a group, whose end is a tag of its own; groups may be within.
    fn group(&mut self, number: u32, end: u64) -> Result<Value> {
        let begin = self.cursor.position();
        let mut open = vec![number];
        while let Some(&inner) = open.last() {
            let place = self.cursor.position();
            let (number, kind) = Self::tag(self.varint(end)?, place)?;
            match kind {
                0 => drop(self.varint(end)?),
                1 => drop(self.fixed::<8>(end)?),
                5 => drop(self.fixed::<4>(end)?),
                2 => {
                    let length = self.varint(end)?;
                    let behind = self.cursor.position().checked_add(length);
                    let behind = behind.filter(|behind| *behind <= end);
                    self.cursor.go_to(behind.ok_or_else(|| self.beyond(place, end))?);
                }
                3 if open.len() < GROUPS => open.push(number),
                4 if number == inner => drop(open.pop()),
                _ => return Err(Fault::broken(place, "has a group that is not closed")),
            }
        }
        Ok(Value::Bytes(Span { begin, end: self.cursor.position() }))
    }

    /// The first bytes of a stretch, `most` of them.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn bytes(&mut self, span: Span, most: u64) -> Result<Vec<u8>> {
        self.cursor.go_to(span.begin);
        self.cursor.take_bytes(usize::try_from(span.length().min(most)).unwrap_or_default())
    }

    /// A stretch as text, cut at 64 KiB; what is no UTF-8 is replaced.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn text(&mut self, span: Span) -> Result<String> {
        let bytes = self.bytes(span, TEXT)?;
        Ok(String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// A name: text that is cut at 512 bytes, so that many can be held.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn name(&mut self, span: Span) -> Result<String> {
        let end = span.end.min(span.begin.saturating_add(NAME));
        self.text(Span { end, ..span })
    }

    /// Hands a stretch over where it begins like a file of its own, and says
    /// whether it did.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn hand_over<'a>(
        &mut self,
        span: Span,
        part: &Part<'a>,
        scan: &mut Scan<'a>,
    ) -> Result<bool> {
        if span.length() < 8 {
            return Ok(false);
        }
        self.cursor.go_to(span.begin);
        if !is_file(self.cursor.peek()?) {
            return Ok(false);
        }
        let view = Range::new(part.view().clone(), span.begin, span.length());
        scan.part(&part.excerpt(&format!("bytes from {}", span.begin), Rc::new(view)));
        Ok(true)
    }
}

/// The fields of a part's first bytes, as far as they go, for recognising: a
/// field whose bytes end behind `begin` is the last. `None` where they are none.
pub fn sniff(begin: &[u8], size: Option<u64>) -> Option<Vec<(u32, Sniffed<'_>)>> {
    let mut fields = Vec::new();
    let mut place = 0;
    while place < begin.len() && fields.len() < 64 {
        let Some((tag, next)) = varint(begin, place) else { break };
        let number = u32::try_from(tag >> 3).ok().filter(|number| *number > 0)?;
        place = match tag & 7 {
            0 => {
                let Some((value, next)) = varint(begin, next) else { break };
                fields.push((number, Sniffed::Number(value)));
                next
            }
            1 => next.checked_add(8)?,
            5 => next.checked_add(4)?,
            2 => {
                let Some((length, next)) = varint(begin, next) else { break };
                let end = (next as u64).checked_add(length)?;
                if size.is_some_and(|size| end > size) {
                    // Cut off, or no message at all.
                    return (!fields.is_empty()).then_some(fields);
                }
                let end = usize::try_from(end).ok()?;
                fields.push((number, Sniffed::Bytes(&begin[next..end.min(begin.len())])));
                end
            }
            _ => return None,
        };
    }
    Some(fields)
}

/// What a field is seen to hold.
#[derive(Debug, Clone, Copy)]
pub enum Sniffed<'b> {
    /// A number.
    Number(u64),
    /// Bytes, as many of them as are there.
    Bytes(&'b [u8]),
}

fn varint(bytes: &[u8], place: usize) -> Option<(u64, usize)> {
    let mut number = 0;
    for (index, byte) in bytes.get(place..)?.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((number, place + index + 1));
        }
    }
    None
}
