//! An object as what differs from another one.

use crate::pack::Fault;

/// What of the base is copied, or what is new, from instructions.
///
/// # Errors
/// Where the instructions are malformed, or make more than `most` bytes.
pub fn apply(base: &[u8], delta: &[u8], most: usize) -> Result<Vec<u8>, Fault> {
    let mut reader = Reader(delta);
    if reader.size()? != base.len() {
        return Err(Fault::Malformed("has a delta of another base"));
    }
    let size = reader.size()?;
    if size > most {
        return Err(Fault::TooLarge);
    }
    let mut made = Vec::with_capacity(size);
    while let Some(instruction) = reader.instruction()? {
        let piece = match instruction {
            Instruction::Insert(bytes) => Some(bytes),
            Instruction::Copy { offset, length } => {
                offset.checked_add(length).and_then(|end| base.get(offset..end))
            }
        };
        let piece =
            piece.ok_or(Fault::Malformed("has a delta that copies from outside its base"))?;
        if made.len() + piece.len() > size {
            return Err(Fault::Malformed("has a delta that makes more than it says"));
        }
        made.extend_from_slice(piece);
    }
    if made.len() == size {
        Ok(made)
    } else {
        Err(Fault::Malformed("has a delta that makes less than it says"))
    }
}

enum Instruction<'a> {
    Insert(&'a [u8]),
    Copy { offset: usize, length: usize },
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(Fault::Malformed("has a delta that breaks off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        Ok(self.take(1)?[0])
    }

    /// Seven bits a byte, the lowest first.
    fn size(&mut self) -> Result<usize, Fault> {
        let mut size = 0_usize;
        for shift in (0..=28).step_by(7) {
            let byte = self.byte()?;
            let bits = usize::from(byte & 0x7f);
            // Sizes beyond 32 bits are beyond every limit.
            size |= bits
                .checked_shl(shift)
                .filter(|shifted| shifted >> shift == bits)
                .ok_or(Fault::TooLarge)?;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err(Fault::TooLarge)
    }

    fn instruction(&mut self) -> Result<Option<Instruction<'a>>, Fault> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let code = self.byte()?;
        if code == 0 {
            return Err(Fault::Malformed("has a delta with an unknown instruction"));
        }
        if code & 0x80 == 0 {
            return Ok(Some(Instruction::Insert(self.take(usize::from(code))?)));
        }
        let offset = self.number(code, 4)?;
        let length = self.number(code >> 4, 3)?;
        let length = if length == 0 { 0x1_0000 } else { length };
        Ok(Some(Instruction::Copy { offset, length }))
    }

    /// A number of so many bytes, of which only those are there whose bits are set.
    fn number(&mut self, bits: u8, bytes: u32) -> Result<usize, Fault> {
        let mut number = 0;
        for index in 0..bytes {
            if bits >> index & 1 == 1 {
                number |= u32::from(self.byte()?) << (8 * index);
            }
        }
        usize::try_from(number).map_err(|_| Fault::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn copies_and_insertions() {
        let base = b"hello, world";
        // Sizes 12 and 11; copy 5 from 7, insert " & ", copy 3 from 0.
        let delta = [12, 11, 0x91, 7, 5, 3, b' ', b'&', b' ', 0x90, 3];
        assert_eq!(apply(base, &delta, 100).unwrap(), b"world & hel");
        assert_eq!(apply(base, &delta, 10), Err(Fault::TooLarge));
    }

    #[test]
    fn a_length_of_nothing_is_64_kib() {
        let base = vec![7; 0x1_0000];
        let delta = [0x80, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80];
        assert_eq!(apply(&base, &delta, 1 << 20).unwrap(), base);
    }

    #[test]
    fn malformed_deltas_are_refused() {
        for delta in [
            &[][..],
            &[12],
            &[11, 1, 1, b'x'],
            &[12, 1],
            &[12, 2, 1, b'x'],
            &[12, 1, 0],
            &[12, 1, 2, b'x'],
            &[12, 1, 2, b'x', b'y'],
            &[12, 5, 0x91, 8, 5],
            &[12, 5, 0x91],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ] {
            assert!(apply(b"hello, world", delta, 100).is_err(), "{delta:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_or_grows(
            base in prop::collection::vec(any::<u8>(), 0..120),
            mut delta in prop::collection::vec(any::<u8>(), 0..60),
            size in 0_u8..100,
        ) {
            let _ = apply(&base, &delta, 100);
            // With right sizes, so that instructions are met.
            delta.splice(0..0, [base.len() as u8, size]);
            if let Ok(made) = apply(&base, &delta, 100) {
                prop_assert_eq!(made.len(), usize::from(size));
            }
        }
    }
}
