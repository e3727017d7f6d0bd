//! Files of keys and values by Berkeley DB and GDBM, which Python's shelves
//! are: each value of a shelf is a pickle, and is unpickled when it is looked
//! up. What begins like one is handed over, wherever in the file it is.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};

use crate::stored::pickle_length;

/// Magic numbers of Berkeley DB: trees, hashes, queues.
const BERKELEY: &[u32] = &[0x0005_3162, 0x0006_1561, 0x0004_2253];
/// Those of GDBM.
const GNU: &[u32] = &[0x1357_9ace, 0x1357_9acd, 0x1357_9acf, 0x1357_9ad0, 0x1357_9ad1];
/// Bytes that are looked at together, and by which they overlap.
const WINDOW: usize = 256 << 10;
const LAP: usize = 128;
/// Pickles that are handed over.
const VALUES: usize = 20_000;

/// Reads shelves.
pub struct Dbm;

impl Reader for Dbm {
    fn format(&self) -> &'static str {
        "dbm database"
    }

    fn recognises(&self, head: &Head) -> bool {
        let is_one = |place: usize, of: &[u32]| {
            let number = head.begin.get(place..).and_then(|rest| rest.first_chunk());
            let number = number.map(|number| u32::from_le_bytes(*number));
            number.is_some_and(|number| of.contains(&number) || of.contains(&number.swap_bytes()))
        };
        is_one(12, BERKELEY) || is_one(0, GNU)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let (mut at, mut values) = (0_u64, 0);
        loop {
            scan.budget.step(WINDOW as u64 / 64)?;
            let bytes = part.view().bytes(at, WINDOW + LAP)?;
            for (place, _) in
                bytes.iter().enumerate().take(WINDOW).filter(|(_, byte)| **byte == 0x80)
            {
                let Some(length) = pickle_length(&bytes[place..]) else { continue };
                values += 1;
                if values > VALUES {
                    return Err(Fault::Limit("values"));
                }
                let begin = at + place as u64;
                scan.inflated.spend(length.min(part.view().size()?))?;
                let view = Rc::new(Range::new(part.view().clone(), begin, length));
                scan.part(&part.excerpt(&format!("value at byte {begin}"), view));
            }
            if bytes.len() < WINDOW + LAP {
                return Ok(());
            }
            at += WINDOW as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dbm;
    use crate::testing::handed_over;

    #[test]
    fn values_that_begin_like_pickles_are_handed_over() {
        let shelf = |value: &[u8]| [b"\xce\x9a\x57\x13", &[0; 500][..], value, &[0; 99]].concat();
        for (value, count) in [
            (&b"\x80\x04\x95\x04\0\0\0\0\0\0\0N\x85\x94."[..], 1),
            (b"\x80\x02cposix\nsystem\nX", 1),
            (b"\x80\x02c a", 0),
            (b"\x80\x04K\x01.", 0),
        ] {
            assert_eq!(handed_over(&Dbm, "a.db", &shelf(value)), count);
        }
    }
}
