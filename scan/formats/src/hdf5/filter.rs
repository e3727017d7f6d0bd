//! Filters of chunks, undone: checksums, deflate, shuffle and LZF.

use std::io::Read;

use nix_ai_model_scan_walk::{Fault, Result, Scan, View};

use super::attribute::Datatype;
use super::dataset::CHUNK;
use super::file::Place;

/// Undoes the filters of a chunk of references: checksum, deflate, shuffle.
pub(super) fn unpack(
    view: &dyn View,
    chunk: Place,
    filters: &[u16],
    datatype: Datatype,
    scan: &mut Scan<'_>,
) -> Result<Vec<u8>> {
    let packed = view.bytes(chunk.begin, usize::try_from(chunk.size.min(CHUNK)).unwrap_or(0))?;
    let mut bytes = packed;
    for filter in filters.iter().rev() {
        match filter {
            1 => {
                let mut plain = Vec::new();
                let inflated =
                    flate2::read::ZlibDecoder::new(&bytes[..]).take(CHUNK).read_to_end(&mut plain);
                scan.inflated.spend(plain.len() as u64)?;
                inflated.map_err(|_| Fault::broken(chunk.begin, "has a chunk that is no zlib"))?;
                bytes = plain;
            }
            2 => bytes = unshuffle(&bytes, usize::try_from(datatype.size).unwrap_or(1)),
            3 => bytes.truncate(bytes.len().saturating_sub(4)),
            32_000 => bytes = lzf(&bytes, scan)?,
            other => {
                let what = format!("filter {other} over values that may be pickles");
                return Err(Fault::Unsupported(what));
            }
        }
    }
    Ok(bytes)
}

/// Undoes h5py's LZF: literal bytes, and repetitions of what came before.
fn lzf(bytes: &[u8], scan: &mut Scan<'_>) -> Result<Vec<u8>> {
    let broken = || Fault::broken(0, "has a chunk that is no LZF");
    let (mut plain, mut left): (Vec<u8>, _) = (Vec::new(), bytes.iter().copied());
    while let Some(control) = left.next() {
        if plain.len() as u64 > CHUNK {
            break;
        }
        if control < 32 {
            let before = plain.len();
            plain.extend(left.by_ref().take(usize::from(control) + 1));
            if plain.len() == before {
                return Err(broken());
            }
            continue;
        }
        let mut length = usize::from(control >> 5);
        if length == 7 {
            length += usize::from(left.next().ok_or_else(broken)?);
        }
        let near = usize::from(left.next().ok_or_else(broken)?);
        let back = (usize::from(control & 31) << 8 | near) + 1;
        let from = plain.len().checked_sub(back).ok_or_else(broken)?;
        for place in from..from + length + 2 {
            plain.push(plain[place]);
        }
    }
    scan.inflated.spend(plain.len() as u64)?;
    Ok(plain)
}

/// Puts bytes back that stand ordered by their place in values of this size.
fn unshuffle(bytes: &[u8], size: usize) -> Vec<u8> {
    let count = bytes.len().checked_div(size).unwrap_or(0);
    let of_value = |value: usize| {
        (0..size).map(move |byte| bytes.get(byte * count + value).copied().unwrap_or(0))
    };
    (0..count).flat_map(of_value).collect()
}

#[cfg(test)]
mod tests {
    use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};
    use proptest::prelude::*;

    use super::lzf;
    use crate::testing::found;

    struct Lzf;

    impl Reader for Lzf {
        fn format(&self) -> &'static str {
            "LZF"
        }

        fn recognises(&self, _: &Head) -> bool {
            true
        }

        fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
            let plain = lzf(&part.view().bytes(0, 1024)?, scan)?;
            let is_right = plain == b"abcabcabcabc";
            if is_right { Ok(()) } else { Err(Fault::broken(0, "is wrong")) }
        }
    }

    #[test]
    fn repetitions_are_undone() {
        assert_eq!(found(&Lzf, "a", b"\x02abc\xe0\x00\x02"), []);
        assert!(!found(&Lzf, "a", b"\x02abc\xe0\x00\x09").is_empty());
    }

    proptest! {
        #[test]
        fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            found(&Lzf, "a", &bytes);
        }
    }
}
