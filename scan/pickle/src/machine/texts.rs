use std::collections::HashMap;

use nix_ai_model_scan_walk::View;

use super::encoded::Encoded;
use crate::decode::{Argument, Op, Step, decode};
use crate::opcode;
use crate::text;
use crate::value::{Kind, Value};

/// Bytes of a string that are read: longer ones are neither names nor told.
pub(crate) const LONGEST: usize = 4096;
/// Strings that are put together, at most.
const MADE: usize = 4096;
/// Reads beyond the window, at most, and how many of them are held.
const FAR: u32 = 50_000;
const RECENT: usize = 256;
/// Bytes of strings of a stream that are held, and how many strings.
const KEPT: usize = 4 << 20;
const KEPT_STRINGS: usize = 1 << 18;
/// Bytes of a string of a stream that is held.
const KEPT_LONGEST: u64 = 512;
/// Jumps over payloads that are shorter count as places.
const JUMP: u64 = 1 << 20;

/// The bytes around the instruction that is being followed.
#[derive(Clone, Copy)]
pub(crate) struct Window<'b> {
    /// Where the first of them is in the part.
    pub base: u64,
    pub bytes: &'b [u8],
}

impl Window<'_> {
    /// The bytes from a place in the part on, if they are among these.
    fn from(&self, at: u64) -> Option<&[u8]> {
        let past = usize::try_from(at.checked_sub(self.base)?).ok()?;
        self.bytes.get(past..).filter(|bytes| !bytes.is_empty())
    }
}

/// Strings: those of the file stay there and are read when their content
/// matters, which is seldom. A place is an offset in the part without the long
/// payloads that were passed over, so that it fits in few bits.
#[derive(Default, Clone)]
pub(crate) struct Texts {
    /// Places from which on a jump counts, and how much is left out up to there.
    jumps: Vec<(u64, u64)>,
    /// What the pickle puts together.
    made: Vec<Vec<u8>>,
    /// Strings that were read elsewhere, and how many were.
    recent: HashMap<u32, Vec<u8>>,
    far: u32,
    kept: Option<Kept>,
}

/// Bytes that are read as a file of their own when the pickle is loaded.
#[derive(Debug, Clone)]
pub(crate) enum Nested {
    /// In the part.
    Range { begin: u64, length: u64 },
    /// Put together.
    Made(Vec<u8>),
    /// A character for each byte.
    Encoded(Encoded),
}

impl Nested {
    /// The first of the bytes.
    pub(crate) fn head(&self, view: &dyn View) -> Option<Vec<u8>> {
        match self {
            Self::Range { begin, length } => {
                view.bytes(*begin, LONGEST.min(usize::try_from(*length).ok()?)).ok()
            }
            Self::Made(bytes) => Some(bytes.clone()),
            Self::Encoded(text) => text.head(view),
        }
    }
}

/// Strings of a stream, which cannot be read again.
#[derive(Default, Clone)]
struct Kept {
    pool: Vec<u8>,
    /// Where each is in the pool, and whether it was read.
    places: HashMap<u32, (u32, u16, bool)>,
}

impl Texts {
    /// Strings of a part that can be read at any place, or can't.
    pub(crate) fn new(is_random: bool) -> Self {
        Self { kept: (!is_random).then(Kept::default), ..Self::default() }
    }

    /// A string in the file, whose instruction is at `at`.
    #[inline]
    pub(crate) fn text(&mut self, at: u64, length: u64, window: Window<'_>) -> Value {
        let place = at - self.jumps.last().map_or(0, |(_, left_out)| *left_out);
        let Ok(place) = u32::try_from(place) else { return Value::LOST };
        if let Some(kept) = &mut self.kept
            && length <= KEPT_LONGEST
            && let Some(bytes) = window.from(at)
        {
            kept.keep(place, bytes);
        }
        Value::text(place)
    }

    /// Takes note of bytes that were passed over.
    pub(crate) fn jump(&mut self, from: u64, length: u64) {
        if length >= JUMP {
            let before = self.jumps.last().map_or(0, |(_, left_out)| *left_out);
            self.jumps.push((from.saturating_sub(before), before.saturating_add(length)));
        }
    }

    /// A string that was put together.
    pub(crate) fn make(&mut self, bytes: Vec<u8>) -> Value {
        if bytes.len() > LONGEST || self.made.len() >= MADE {
            return Value::LOST;
        }
        self.made.push(bytes);
        Value::made(self.made.len() as u32 - 1)
    }

    /// Where in the part a place is.
    fn offset(&self, place: u32) -> u64 {
        let jumps = self.jumps.partition_point(|(from, _)| *from <= u64::from(place));
        let left_out = jumps.checked_sub(1).and_then(|last| self.jumps.get(last));
        u64::from(place) + left_out.map_or(0, |(_, left_out)| *left_out)
    }

    /// Where a string or bytes are: a place in the part, or what was put
    /// together.
    pub(crate) fn nested(&self, value: Value, view: &dyn View) -> Option<Nested> {
        match value.kind() {
            Kind::Made(id) => self.made.get(id as usize).cloned().map(Nested::Made),
            Kind::Text(place) => {
                let at = self.offset(place);
                let bytes = view.bytes(at, LONGEST + 16).ok()?;
                match decode(&bytes) {
                    Step::Done(Op {
                        argument: Argument::Payload(length), length: header, ..
                    }) => Some(Nested::Range { begin: at + header as u64, length }),
                    _ => content(&bytes).map(Nested::Made),
                }
            }
            _ => None,
        }
    }

    /// The bytes that a long text stands for.
    pub(crate) fn encoded(&self, value: Value, view: &dyn View) -> Option<Nested> {
        let Kind::Text(place) = value.kind() else { return None };
        let at = self.offset(place);
        let bytes = view.bytes(at, LONGEST).ok()?;
        let encoded = match (bytes.first()?, decode(&bytes)) {
            (&opcode::UNICODE, _) => Encoded { begin: at + 1, length: None },
            (_, Step::Done(Op { argument: Argument::Payload(length), length: header, .. })) => {
                Encoded { begin: at + header as u64, length: Some(length) }
            }
            _ => return None,
        };
        Some(Nested::Encoded(encoded))
    }

    /// The content of a string or bytes; `None` where it is not one, is too
    /// long, or is lost.
    pub(crate) fn read(
        &mut self,
        value: Value,
        view: &dyn View,
        window: Window<'_>,
    ) -> Option<Vec<u8>> {
        let place = match value.kind() {
            Kind::Made(id) => return self.made.get(id as usize).cloned(),
            Kind::Text(place) => place,
            _ => return None,
        };
        let at = self.offset(place);
        if let Some(content) = window.from(at).and_then(content) {
            self.kept.as_mut().and_then(|kept| kept.read(place));
            return Some(content);
        }
        if let Some(kept) = &mut self.kept {
            return content(kept.read(place)?);
        }
        if let Some(content) = self.recent.get(&place) {
            return Some(content.clone());
        }
        self.far = self.far.checked_add(1).filter(|far| *far <= FAR)?;
        let content = content(&view.bytes(at, LONGEST + 16).ok()?)?;
        if self.recent.len() >= RECENT {
            self.recent.clear();
        }
        self.recent.insert(place, content.clone());
        Some(content)
    }
}

impl Kept {
    fn keep(&mut self, place: u32, bytes: &[u8]) {
        let Step::Done(op) = decode(bytes) else { return };
        let length = op.whole().min(bytes.len() as u64) as usize;
        if self.pool.len() + length > KEPT || self.places.len() >= KEPT_STRINGS {
            self.forget();
        }
        if let Ok(short) = u16::try_from(length) {
            self.places.insert(place, (self.pool.len() as u32, short, false));
            self.pool.extend_from_slice(&bytes[..length]);
        }
    }

    fn read(&mut self, place: u32) -> Option<&[u8]> {
        let (begin, length, was_read) = self.places.get_mut(&place)?;
        *was_read = true;
        self.pool.get(*begin as usize..)?.get(..*length as usize)
    }

    /// Makes room: what was a name once may be one again, most are words.
    fn forget(&mut self) {
        let held = std::mem::take(self);
        let read = held.places.into_iter().filter(|(_, (_, _, was_read))| *was_read);
        for (place, (begin, length, _)) in read.take(KEPT_STRINGS / 16) {
            let (begin, end) = (begin as usize, begin as usize + length as usize);
            self.places.insert(place, (self.pool.len() as u32, length, true));
            self.pool.extend_from_slice(held.pool.get(begin..end).unwrap_or_default());
        }
    }
}

/// What the instruction that these bytes begin with makes, if all of it is
/// there.
fn content(bytes: &[u8]) -> Option<Vec<u8>> {
    let Step::Done(op) = decode(bytes) else { return None };
    match op.argument {
        Argument::Line(length) => Some(text::unescaped(op.code, bytes.get(1..1 + length)?)),
        Argument::Payload(length) => {
            let rest = bytes.get(op.length..).filter(|_| length <= LONGEST as u64)?;
            Some(rest.get(..usize::try_from(length).ok()?)?.to_vec())
        }
        _ => None,
    }
}
