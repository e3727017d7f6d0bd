use nix_ai_model_scan_walk::{Budget, Cursor, Fault, Result};

use super::step::{Flow, Halt};
use super::{At, Machine, Window};
use crate::decode::{Step, decode};
use crate::{opcode, rules};

/// Bytes of lines that are looked at: longer ones are passed over.
const LINE: usize = 64 << 10;
/// Payloads up to this length are looked at together with their instruction.
const SHORT: u64 = super::texts::LONGEST as u64;

/// Why the machine halts in the middle of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// At the end of a pickle.
    Stop,
    /// Before the bytes of an array.
    Array,
}

/// What to do after some instructions.
enum Then {
    GoOn,
    /// The instruction needs more bytes than are at hand.
    Gather,
    /// Pass over bytes.
    Skip(u64),
    Pause(Pause),
}

impl Machine<'_> {
    /// Follows instructions until the pickle ends.
    ///
    /// # Errors
    /// Where no loader would go on, or the budget is spent.
    pub(crate) fn run(&mut self, cursor: &mut Cursor<'_>, budget: &mut Budget) -> Result<Pause> {
        loop {
            let base = cursor.position();
            let bytes = cursor.peek()?;
            if bytes.is_empty() {
                return Err(Fault::Truncated(base));
            }
            let (used, then) = self.follow(Window { base, bytes });
            budget.step(used as u64 + 1)?;
            cursor.advance(used);
            self.crossing(base);
            match then? {
                Then::GoOn => {}
                Then::Gather => {
                    if let Some(pause) = self.gather(cursor)? {
                        return Ok(pause);
                    }
                }
                Then::Skip(length) => self.skip(cursor, length)?,
                Then::Pause(pause) => return Ok(pause),
            }
            if self.arena.is_full() {
                self.collect();
            }
        }
    }

    /// Follows the instructions of a window; how many of its bytes, and what then.
    fn follow(&mut self, window: Window<'_>) -> (usize, Result<Then>) {
        let mut used = 0;
        let then = loop {
            let rest = &window.bytes[used..];
            if rest.is_empty() || self.arena.is_full() {
                break Ok(Then::GoOn);
            }
            let at = At { offset: window.base + used as u64, window };
            let op = match decode(rest) {
                Step::Done(op) => op,
                Step::More => break Ok(Then::Gather),
                Step::Invalid => break Err(invalid(rest, at.offset)),
            };
            let whole = op.whole();
            let is_whole = whole <= rest.len() as u64;
            if !is_whole && whole <= SHORT {
                break Ok(Then::Gather);
            }
            let flow = match self.step(op, rest, at) {
                Ok(flow) => flow,
                Err(halt) => break Err(fault(halt, op.code, at.offset)),
            };
            used += if is_whole { whole as usize } else { op.length };
            match flow {
                Flow::Next if is_whole => {}
                Flow::Next => break Ok(Then::Skip(whole - op.length as u64)),
                Flow::Stop => break Ok(Then::Pause(Pause::Stop)),
                Flow::Array => break Ok(Then::Pause(Pause::Array)),
            }
        };
        (used, then)
    }

    /// Tells of values that were taken from below a mark, near this place.
    fn crossing(&mut self, near: u64) {
        if std::mem::take(&mut self.stack.has_crossed) {
            let message = || "it takes values from below a mark".to_owned();
            self.verdicts.other(&rules::CROSSED_MARK, near, message);
        }
    }

    /// Follows one instruction that lies across the end of what is read ahead.
    fn gather(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<Pause>> {
        let base = cursor.position();
        let mut bytes = Vec::new();
        loop {
            let more = cursor.peek()?;
            let is_end = more.is_empty();
            let length = more.len().min(LINE);
            bytes.extend_from_slice(&more[..length]);
            cursor.advance(length);
            let op = match decode(&bytes) {
                Step::Done(op) if op.whole() <= bytes.len() as u64 => op,
                Step::Invalid => return Err(invalid(&bytes, base)),
                _ if is_end => return Err(Fault::Truncated(base + bytes.len() as u64)),
                _ if bytes.len() > LINE => return self.long_line(&bytes, base, cursor),
                _ => continue,
            };
            bytes.truncate(op.whole() as usize);
            cursor.go_to(base + bytes.len() as u64);
            let at = At { offset: base, window: Window { base, bytes: &bytes } };
            let flow = self.step(op, &bytes, at).map_err(|halt| fault(halt, op.code, base))?;
            return Ok(match flow {
                Flow::Next => None,
                Flow::Stop => Some(Pause::Stop),
                Flow::Array => Some(Pause::Array),
            });
        }
    }

    /// Follows an instruction whose line is too long to be looked at.
    fn long_line(
        &mut self,
        bytes: &[u8],
        base: u64,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<Pause>> {
        let code = *bytes.first().ok_or(Fault::Truncated(base))?;
        let lines = if matches!(code, opcode::GLOBAL | opcode::INST) { 2 } else { 1 };
        cursor.go_to(base + 1);
        for _ in 0..lines {
            pass_line(cursor)?;
        }
        let at = At { offset: base, window: Window { base, bytes: &[] } };
        self.step_long(code, at).map_err(|halt| fault(halt, code, base))?;
        self.texts.jump(base + 1, cursor.position() - base - 1);
        Ok(None)
    }

    /// Passes over a long payload, which must be there.
    fn skip(&mut self, cursor: &mut Cursor<'_>, length: u64) -> Result<()> {
        let from = cursor.position();
        cursor.skip(length.saturating_sub(1));
        if cursor.is_at_end()? {
            return Err(Fault::Truncated(from));
        }
        cursor.advance(1);
        self.texts.jump(from, length);
        Ok(())
    }
}

fn pass_line(cursor: &mut Cursor<'_>) -> Result<()> {
    loop {
        let bytes = cursor.peek()?;
        if bytes.is_empty() {
            return Err(Fault::Truncated(cursor.position()));
        }
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let length = end.map_or(bytes.len(), |end| end + 1);
        cursor.advance(length);
        if end.is_some() {
            return Ok(());
        }
    }
}

#[cold]
fn invalid(bytes: &[u8], offset: u64) -> Fault {
    let code = bytes.first().copied().unwrap_or_default();
    let what = match opcode::shape(code) {
        opcode::Shape::Invalid => format!("has no instruction 0x{code:02x}"),
        _ => "has an instruction with a negative length".to_owned(),
    };
    Fault::broken(offset, what)
}

#[cold]
fn fault(halt: Halt, code: u8, offset: u64) -> Fault {
    match halt {
        Halt::Underflow => Fault::broken(
            offset,
            format!("takes more from its stack than there is, by 0x{code:02x}"),
        ),
        Halt::Forgotten => {
            Fault::broken(offset, "remembers nothing under a number that it asks for")
        }
        Halt::Marks => Fault::Limit("marks within marks"),
    }
}
