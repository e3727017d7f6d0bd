//! Blocks of compressed bytes without a frame: Snappy's, and LZ4's.

/// What a block of Snappy unpacks to, `most` bytes of it at most; what is
/// broken ends it.
pub(super) fn snappy(block: &[u8], most: usize) -> Vec<u8> {
    let length = block.iter().take(5).position(|byte| *byte < 0x80).map_or(5, |last| last + 1);
    let mut rest = block.get(length..).unwrap_or_default();
    let mut out = Vec::new();
    while let Some((tag, after)) = rest.split_first().filter(|_| out.len() < most) {
        rest = after;
        let upper = usize::from(tag >> 2);
        let numbers = |rest: &mut &[u8], bytes: usize| {
            let (number, after) = rest.split_at_checked(bytes)?;
            *rest = after;
            Some(number.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
        };
        let copied = match tag & 3 {
            0 => {
                let length = if upper < 60 { Some(upper) } else { numbers(&mut rest, upper - 59) };
                let Some(length) = length else { return out };
                let literal = &rest[..rest.len().min(length.saturating_add(1))];
                out.extend_from_slice(&literal[..literal.len().min(most - out.len())]);
                rest = &rest[literal.len()..];
                continue;
            }
            1 => numbers(&mut rest, 1).map(|low| ((upper & 7) + 4, upper >> 3 << 8 | low)),
            2 => numbers(&mut rest, 2).map(|back| (upper + 1, back)),
            _ => numbers(&mut rest, 4).map(|back| (upper + 1, back)),
        };
        if !copied.is_some_and(|(length, back)| copy(&mut out, length, back, most)) {
            return out;
        }
    }
    out
}

/// The same of a block of LZ4.
pub(super) fn lz4(block: &[u8], most: usize) -> Vec<u8> {
    let (mut rest, mut out) = (block, Vec::new());
    while let Some((token, after)) = rest.split_first().filter(|_| out.len() < most) {
        rest = after;
        let length = long(usize::from(token >> 4), &mut rest);
        let literal = &rest[..rest.len().min(length)];
        out.extend_from_slice(&literal[..literal.len().min(most - out.len())]);
        rest = &rest[literal.len()..];
        let Some((back, after)) = rest.split_first_chunk() else { return out };
        rest = after;
        let back = usize::from(u16::from_le_bytes(*back));
        let length = long(usize::from(token & 15), &mut rest).saturating_add(4);
        if !copy(&mut out, length, back, most) {
            return out;
        }
    }
    out
}

/// A length whose four bits go on in bytes.
fn long(begin: usize, rest: &mut &[u8]) -> usize {
    let mut length = begin;
    let mut goes_on = begin == 15;
    while goes_on && let Some((byte, after)) = rest.split_first() {
        *rest = after;
        length = length.saturating_add(usize::from(*byte));
        goes_on = *byte == 255;
    }
    length
}

/// Says again what came so many bytes before; false where nothing did.
fn copy(out: &mut Vec<u8>, length: usize, back: usize, most: usize) -> bool {
    let Some(begin) = out.len().checked_sub(back).filter(|_| back > 0) else { return false };
    for place in begin..begin + length.min(most.saturating_sub(out.len())) {
        let byte = out[place];
        out.push(byte);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{lz4, snappy};

    #[test]
    fn blocks_are_unpacked() {
        assert_eq!(
            snappy(b"\x09\x08abc\x09\x03", 99),
            b"abcabcabc"[..].get(..9).unwrap_or_default()
        );
        assert_eq!(lz4(b"\x32abc\x03\0\x10d", 99), b"abcabcabcd");
        assert_eq!(lz4(b"\x32abc\x03\0\x10d", 5), b"abcab");
    }

    proptest! {
        #[test]
        fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            assert!(snappy(&bytes, 1000).len() <= 1000);
            assert!(lz4(&bytes, 1000).len() <= 1000);
        }
    }
}
