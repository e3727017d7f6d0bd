use proptest::prelude::*;

use super::Lmdb;
use crate::testing::found_by;
use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};

static SEEN: Rule = Rule { id: "a/b", level: Level::High, title: "", why: "", advice: "" };

/// Tells each value that is handed over.
struct Pickles;

impl Reader for Pickles {
    fn format(&self) -> &'static str {
        "pickle"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"\x80\x04")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        scan.find(part, SEEN.found(part.view().size()?.to_string()));
        Ok(())
    }
}

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
        let told = found_by(&[&Lmdb, &Pickles], "data.mdb", &database(b"\x80\x04N.", is_big));
        assert_eq!(told, [("a/b".to_owned(), Level::High)], "{is_big}");
        assert_eq!(
            found_by(&[&Lmdb, &Pickles], "data.mdb", &database(b"\xff\xd8\xff", is_big)),
            []
        );
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
        found_by(&[&Lmdb, &Pickles], "data.mdb", &bytes);
    }
}
