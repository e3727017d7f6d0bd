//! Whether bytes may be a pickle: a quick look at the first instructions.

use crate::decode::{Argument, Op, Step, decode};
use crate::opcode::*;

/// Instructions that make bytes without a magic number a pickle, where they
/// don't come to an end.
const MANY: u32 = 8;
/// Instructions after a magic number.
const FEW: u32 = 3;

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
    /// Whether the bytes ended before that, in good order.
    pub open: bool,
    heights: Vec<u32>,
    height: u32,
}

/// Follows the first instructions of these bytes, strictly.
pub(crate) fn trial(bytes: &[u8]) -> Trial {
    let mut trial = Trial::default();
    let mut next = 0;
    loop {
        let rest = bytes.get(next..).unwrap_or_default();
        let op = match decode(rest) {
            Step::Done(op) => op,
            Step::More => {
                trial.open = true;
                return trial;
            }
            Step::Invalid => return trial,
        };
        if !is_sound(&op, rest) || trial.follow(&op).is_none() {
            return trial;
        }
        trial.steps += 1;
        if op.code == STOP {
            trial.stopped = true;
            return trial;
        }
        next = usize::try_from(op.whole()).unwrap_or(usize::MAX).saturating_add(next);
    }
}

/// Whether bytes begin a pickle that loaders read.
pub(crate) fn is_pickle(bytes: &[u8]) -> bool {
    let trial = trial(bytes);
    let has_magic = matches!(bytes, [PROTO, 0..=5, ..]);
    if trial.called {
        return true;
    }
    if has_magic {
        return trial.stopped || trial.open || trial.steps > FEW;
    }
    trial.strong && (trial.stopped || trial.open && trial.steps >= MANY)
}

impl Trial {
    /// What an instruction does with the height of the stack; `None` where
    /// there is not enough on it.
    fn follow(&mut self, op: &Op) -> Option<()> {
        let (taken, given) = match op.code {
            MARK => {
                self.heights.push(self.height);
                return Some(());
            }
            POP if self.heights.last() == Some(&self.height) => {
                self.heights.pop();
                return Some(());
            }
            TUPLE | LIST | DICT | FROZENSET | INST | OBJ => {
                self.strong = true;
                self.called |= matches!(op.code, INST | OBJ);
                let mark = self.heights.pop()?;
                if op.code == OBJ && self.height <= mark {
                    return None;
                }
                self.height = mark;
                (0, 1)
            }
            POP_MARK | APPENDS | SETITEMS | ADDITEMS => {
                self.height = self.heights.pop()?;
                (u32::from(op.code != POP_MARK), u32::from(op.code != POP_MARK))
            }
            PROTO | FRAME => (0, 0),
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
        let fence = self.heights.last().copied().unwrap_or(0);
        let left = self.height.checked_sub(taken).filter(|left| *left >= fence)?;
        self.height = left + given;
        Some(())
    }
}

/// Whether what an instruction carries is as loaders ask for it.
fn is_sound(op: &Op, bytes: &[u8]) -> bool {
    match op.argument {
        Argument::Line(length) => {
            let line = bytes.get(1..1 + length).unwrap_or_default();
            let Ok(line) = std::str::from_utf8(line) else { return op.code == STRING };
            let line = line.trim().replace('_', "");
            match op.code {
                INT | LONG | GET | PUT => {
                    line.strip_suffix('L').unwrap_or(&line).chars().all(|digit| {
                        digit.is_ascii_hexdigit() || matches!(digit, '-' | '+' | 'x' | 'o')
                    }) && line.chars().any(|digit| digit.is_ascii_digit())
                }
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
                || matches!(byte, b'_' | b'.' | b'<' | b'>')
                || *byte >= 0x80
        })
}
