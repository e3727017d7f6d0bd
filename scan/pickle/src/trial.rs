//! Whether bytes may be a pickle: a quick look at the first instructions.

use crate::decode::{Argument, Op, Step, decode};
use crate::opcode::*;

/// Instructions after a magic number that make bytes a pickle, even if a break
/// follows.
const FEW: u32 = 2;
/// Bytes that are looked at.
pub(crate) const BYTES: usize = 4096;
/// Values and marks that are taken to be there where bytes are looked at that
/// are in the middle of something.
const BELOW: u32 = 64;
const MARKS: usize = 8;

/// The lowest number that is written in four letters.
const LETTERS: i64 = 0x2020_2020;

/// What the first instructions were.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    /// How many could be followed.
    pub steps: u32,
    /// Whether one was something that text or numbers are hardly.
    pub strong: bool,
    /// Whether something was named, and then called.
    pub named: bool,
    pub called: bool,
    /// Whether a `STOP` was reached.
    pub stopped: bool,
    /// Where the bytes ended before that in good order: where the next
    /// instruction is.
    pub open: Option<u64>,
    /// Whether a protocol was said.
    said: bool,
    heights: Vec<u32>,
    height: u32,
}

/// Whether bytes are a pickle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    Yes,
    /// They may be one. Who follows them further will know.
    Maybe,
    No,
}

/// Follows the first instructions of these bytes, strictly.
pub(crate) fn trial(bytes: &[u8]) -> Trial {
    let mut trial = Trial::default();
    trial.run(bytes, u32::MAX);
    trial
}

/// Follows at most so many instructions of bytes in the middle of a pickle.
pub(crate) fn within(bytes: &[u8], most: u32) -> Trial {
    let mut trial = Trial { height: BELOW, heights: vec![BELOW / 2; MARKS], ..Trial::default() };
    trial.run(bytes, most);
    trial
}

/// Whether the bytes of a part, of this size where it is known, begin a pickle.
pub(crate) fn guess(bytes: &[u8], size: Option<u64>) -> Guess {
    let trial = trial(bytes.get(..BYTES).unwrap_or(bytes));
    let has_magic = matches!(bytes, [PROTO, 0..=5, ..]);
    // More than there is of the part is promised by no pickle, but by text.
    let goes_on = |next| size.is_none_or(|size| next < size) && bytes.len() > 1;
    let is_open = trial.open.is_some_and(goes_on) && (trial.steps > 0 || bytes.len() >= BYTES);
    if trial.called
        || has_magic && announces_too_much(bytes)
        || has_magic && (trial.stopped || is_open || trial.steps > FEW)
    {
        return Guess::Yes;
    }
    if trial.stopped && trial.strong {
        return Guess::Yes;
    }
    if is_open || trial.stopped { Guess::Maybe } else { Guess::No }
}

/// Whether a pickle begins with more bytes than there are anywhere: loaders make
/// room for them first.
fn announces_too_much(bytes: &[u8]) -> bool {
    let rest = match bytes {
        [PROTO, _, FRAME, rest @ ..] => rest.get(8..).unwrap_or_default(),
        [PROTO, _, rest @ ..] => rest,
        _ => return false,
    };
    match decode(rest) {
        Step::Done(Op { argument: Argument::Payload(length), code, .. }) => {
            matches!(code, BYTEARRAY8 | BINBYTES8 | BINUNICODE8) && length >= 1 << 31
        }
        _ => false,
    }
}

impl Trial {
    fn run(&mut self, bytes: &[u8], most: u32) {
        let mut next = 0_u64;
        while self.steps < most {
            let rest = usize::try_from(next).ok().and_then(|next| bytes.get(next..));
            let rest = rest.unwrap_or_default();
            let op = match decode(rest) {
                Step::Done(op) => op,
                Step::More => {
                    self.open = Some(next);
                    return;
                }
                Step::Invalid => return,
            };
            if !is_sound(&op, rest) || self.follow(&op).is_none() {
                return;
            }
            self.steps += 1;
            if op.code == STOP {
                self.stopped = true;
                return;
            }
            next = next.saturating_add(op.whole());
        }
    }

    /// What an instruction does with the height of the stack; `None` where
    /// there is not enough on it.
    fn follow(&mut self, op: &Op) -> Option<()> {
        let (taken, given) = match op.code {
            MARK => {
                self.heights.push(self.height);
                return Some(());
            }
            POP if self.heights.last().is_some_and(|mark| *mark >= self.height) => {
                self.heights.pop();
                return Some(());
            }
            TUPLE | LIST | DICT | FROZENSET | INST | OBJ => {
                let mark = self.heights.pop()?;
                if op.code == OBJ && self.height <= mark {
                    return None;
                }
                self.strong = true;
                self.named |= op.code == INST;
                self.called |= self.named && matches!(op.code, INST | OBJ);
                self.height = self.height.min(mark);
                (0, 1)
            }
            POP_MARK | APPENDS | SETITEMS | ADDITEMS => {
                self.height = self.height.min(self.heights.pop()?);
                (u32::from(op.code != POP_MARK), u32::from(op.code != POP_MARK))
            }
            PROTO | FRAME => {
                self.said = true;
                (0, 0)
            }
            // Four letters of a text.
            LONG_BINPUT if !self.said && matches!(op.argument, Argument::Number(LETTERS..)) => {
                return None;
            }
            STOP | POP => (1, 0),
            GLOBAL | EXT1 | EXT2 | EXT4 => {
                self.named = true;
                self.strong = true;
                (0, 1)
            }
            STACK_GLOBAL => {
                self.named = true;
                self.strong = true;
                (2, 1)
            }
            REDUCE | NEWOBJ | NEWOBJ_EX => {
                self.called |= self.named;
                (if op.code == NEWOBJ_EX { 3 } else { 2 }, 1)
            }
            BUILD | APPEND | TUPLE2 => (2, 1),
            SETITEM | TUPLE3 => (3, 1),
            TUPLE1 | PUT | BINPUT | LONG_BINPUT | MEMOIZE | READONLY_BUFFER | BINPERSID => (1, 1),
            DUP => (1, 2),
            _ => (0, 1),
        };
        self.strong |= matches!(op.code, PUT | BINPUT | LONG_BINPUT | MEMOIZE);
        self.height = self.height.checked_sub(taken)? + given;
        Some(())
    }
}

/// Whether what an instruction carries is as loaders ask for it.
fn is_sound(op: &Op, bytes: &[u8]) -> bool {
    match op.argument {
        Argument::Line(length) => {
            let line = bytes.get(1..1 + length).unwrap_or_default();
            let line = crate::text::lossy(line).trim().replace('_', "");
            match op.code {
                INT | LONG | GET | PUT => {
                    line.strip_suffix('L').unwrap_or(&line).chars().all(|digit| {
                        digit.is_ascii_hexdigit() || matches!(digit, '-' | '+' | 'x' | 'o')
                    }) && line.chars().any(|digit| digit.is_ascii_digit())
                }
                PERSID => line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')),
                FLOAT => line.parse::<f64>().is_ok(),
                STRING => line.starts_with(['\'', '"']) && line.ends_with(['\'', '"']),
                _ => true,
            }
        }
        Argument::Lines(first, second) => {
            let module = bytes.get(1..1 + first).unwrap_or_default();
            let name = bytes.get(first + 2..first + 2 + second).unwrap_or_default();
            is_path(module) && is_path(name)
        }
        _ => true,
    }
}

/// Whether it may be a dotted name.
fn is_path(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    !bytes.is_empty()
        && bytes.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'_' | b'.' | b'<' | b'>' | b'-')
                || *byte >= 0x80
        })
}
