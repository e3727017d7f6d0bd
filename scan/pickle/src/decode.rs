//! From bytes to instructions, without copying: what an instruction carries
//! stays where it is.

use crate::opcode::{self, Shape};

/// What an instruction carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Argument {
    Nothing,
    /// A number, sizes of frames as far as they fit.
    Number(i64),
    /// So many bytes follow.
    Payload(u64),
    /// A line of so many bytes, its end not counted, follows the first byte.
    Line(usize),
    /// Two of them.
    Lines(usize, usize),
}

/// One instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Op {
    pub code: u8,
    pub argument: Argument,
    /// Its bytes, a payload not counted.
    pub length: usize,
}

impl Op {
    /// Its bytes and its payload's.
    pub(crate) fn whole(&self) -> u64 {
        match self.argument {
            Argument::Payload(payload) => payload.saturating_add(self.length as u64),
            _ => self.length as u64,
        }
    }
}

/// What bytes begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Done(Op),
    /// More bytes are needed to say.
    More,
    /// No instruction of any protocol.
    Invalid,
}

/// Reads the instruction that these bytes begin with.
#[inline(always)]
pub(crate) fn decode(bytes: &[u8]) -> Step {
    let Some((&code, rest)) = bytes.split_first() else { return Step::More };
    let done = |argument, length| Step::Done(Op { code, argument, length });
    let number = |value: Option<i64>, width: usize| match value {
        Some(value) => done(Argument::Number(value), 1 + width),
        None => Step::More,
    };
    let payload = |value: Option<u64>, width: usize| match value {
        Some(value) => done(Argument::Payload(value), 1 + width),
        None => Step::More,
    };
    match opcode::shape(code) {
        Shape::Invalid => Step::Invalid,
        Shape::Nothing => done(Argument::Nothing, 1),
        Shape::U8 => number(rest.first().map(|&n| n.into()), 1),
        Shape::U16 => number(array(rest).map(|n| u16::from_le_bytes(n).into()), 2),
        Shape::I32 => number(array(rest).map(|n| i32::from_le_bytes(n).into()), 4),
        Shape::U32 => number(array(rest).map(|n| u32::from_le_bytes(n).into()), 4),
        Shape::U64 => {
            let clamp = |n| i64::try_from(u64::from_le_bytes(n)).unwrap_or(i64::MAX);
            number(array(rest).map(clamp), 8)
        }
        Shape::Float => number(array(rest).map(i64::from_be_bytes), 8),
        Shape::Bytes1 => payload(rest.first().map(|&n| n.into()), 1),
        Shape::Bytes4 => payload(array(rest).map(|n| u32::from_le_bytes(n).into()), 4),
        Shape::Signed4 => match array(rest).map(|n| u64::try_from(i32::from_le_bytes(n))) {
            Some(Err(_)) => Step::Invalid,
            length => payload(length.and_then(Result::ok), 4),
        },
        Shape::Bytes8 => payload(array(rest).map(u64::from_le_bytes), 8),
        Shape::Line => match end_of_line(rest) {
            Some(line) => done(Argument::Line(line), line + 2),
            None => Step::More,
        },
        Shape::Lines => match lines(rest) {
            Some((first, second)) => done(Argument::Lines(first, second), first + second + 3),
            None => Step::More,
        },
    }
}

#[inline]
fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

fn end_of_line(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b'\n')
}

fn lines(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = end_of_line(bytes)?;
    let second = end_of_line(&bytes[first + 1..])?;
    Some((first, second))
}
