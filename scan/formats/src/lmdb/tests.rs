use proptest::prelude::*;

use super::Lmdb;
use crate::testing::{found, handed_over};

/// A database of pages of 256 bytes: what they are, a leaf, a value's own page.
fn database(value: &[u8], is_big: bool) -> Vec<u8> {
    let mut pages = vec![0; 3 * 256];
    pages[16..24].copy_from_slice(super::MAGIC);
    pages[40..44].copy_from_slice(&256_u32.to_le_bytes());
    pages[256] = 1;
    pages[266] = 2;
    pages[268] = 18;
    pages[272] = 100;
    let node = 256 + 100;
    pages[node] = value.len() as u8;
    pages[node + 4] = u8::from(is_big);
    pages[node + 6] = 1;
    pages[node + 8] = b'k';
    let place = if is_big { 2 * 256 + 16 } else { node + 9 };
    pages[place..place + value.len()].copy_from_slice(value);
    if is_big {
        pages[node + 9] = 2;
    }
    pages
}

#[test]
fn values_that_begin_like_pickles_are_handed_over() {
    for is_big in [false, true] {
        assert_eq!(handed_over(&Lmdb, "data.mdb", &database(b"\x80\x04N.", is_big)), 1);
        assert_eq!(handed_over(&Lmdb, "data.mdb", &database(b"\xff\xd8\xff", is_big)), 0);
    }
}

proptest! {
    #[test]
    fn any_change_does_no_harm(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..20)) {
        let mut bytes = database(b"\x80\x04N.", true);
        for (place, value) in changes {
            let place = usize::from(place) % bytes.len();
            bytes[place] = value;
        }
        found(&Lmdb, "data.mdb", &bytes);
    }
}
