use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};
use proptest::prelude::*;

use super::Hdf5;
use crate::keras::Config;
use crate::testing::{fails, found, found_by};

const LINK: &[u8] = include_bytes!("../../fixtures/hdf5/external-link.h5");
const STORAGE: &[u8] = include_bytes!("../../fixtures/hdf5/external-storage.h5");
const VIRTUAL: &[u8] = include_bytes!("../../fixtures/hdf5/virtual.h5");
const OWN: &[u8] = include_bytes!("../../fixtures/hdf5/virtual-own.h5");
const OLD: &[u8] = include_bytes!("../../fixtures/hdf5/lambda-old.h5");
const NEW: &[u8] = include_bytes!("../../fixtures/hdf5/lambda-new.h5");
const DENSE: &[u8] = include_bytes!("../../fixtures/hdf5/dense-layer.h5");
const PICKLED: &[u8] = include_bytes!("../../fixtures/hdf5/pickled.h5");

static SEEN: Rule = Rule {
    id: "test/pickle",
    level: Level::Note,
    title: "Pickle",
    why: "It is a test.",
    advice: "Go on.",
};

/// Says which parts are handed over.
struct Parts;

impl Reader for Parts {
    fn format(&self) -> &'static str {
        "part"
    }

    fn recognises(&self, head: &Head) -> bool {
        !head.begins_with(super::SIGNATURE)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        scan.find(part, SEEN.found(part.member().unwrap_or_default()));
        Ok(())
    }
}

fn has(bytes: &[u8], rule: &str, level: Level) -> bool {
    found_by(&[&Hdf5, &Config], "model.h5", bytes).contains(&(rule.to_owned(), level))
}

#[test]
fn what_lies_in_other_files_is_told() {
    assert!(has(LINK, "hdf5/external-link", Level::High));
    assert!(has(STORAGE, "hdf5/external-storage", Level::High));
    // A file beside this one may be of the model; one elsewhere is not.
    assert!(has(VIRTUAL, "hdf5/virtual-dataset", Level::Medium));
    let mut outside = VIRTUAL.to_vec();
    let name = outside.windows(8).position(|window| window == b"other.h5").unwrap_or_default();
    outside[name..name + 8].copy_from_slice(b"../er.h5");
    assert!(has(&outside, "hdf5/virtual-dataset", Level::High));
    // Of the file itself it is harmless.
    assert_eq!(found(&Hdf5, "a.h5", OWN), [("hdf5/virtual-dataset".to_owned(), Level::Low)]);
}

#[test]
fn configurations_are_found_in_groups_and_attributes_of_either_style() {
    assert!(has(OLD, "keras/serialized-code", Level::Critical));
    // Behind a user block, in dense storage, with a link among many.
    assert!(has(NEW, "keras/serialized-code", Level::Critical));
    assert!(has(NEW, "hdf5/external-link", Level::High));
    assert_eq!(found_by(&[&Hdf5, &Config], "model.h5", DENSE), []);
}

#[test]
fn a_file_behind_a_block_of_the_users_is_found_whatever_its_name() {
    for (name, begin) in [("a.bin", &b""[..]), ("a.pt", b"PK\x03\x04"), ("a", b"GGUF\x03\0\0\0")] {
        for block in [512, 2048, 4096, 8192, 1 << 20] {
            let mut bytes = begin.to_vec();
            bytes.resize(block, 0);
            bytes.extend(OLD);
            assert!(fails(&found_by(&[&Hdf5, &Config], name, &bytes)), "{name} {block}");
        }
    }
    let aside = [vec![0; 5000], OLD.to_vec()].concat();
    assert_eq!(found(&Hdf5, "a.bin", &aside), []);
}

#[test]
fn what_may_be_a_pickle_is_handed_over() {
    let parts = found_by(&[&Hdf5, &Parts], "table.h5", PICKLED);
    // An attribute, and an object in a list of bytes.
    assert_eq!(parts.iter().filter(|(rule, _)| rule == "test/pickle").count(), 2, "{parts:?}");
}

#[test]
fn a_cut_file_is_not_judged() {
    for bytes in [&NEW[..600], &OLD[..120], &LINK[..500]] {
        assert!(fails(&found(&Hdf5, "model.h5", bytes)), "{}", bytes.len());
    }
    // A name alone makes no file of the format.
    assert_eq!(found(&Hdf5, "model.h5", b"something else"), []);
}

#[test]
fn a_ring_of_nodes_ends() {
    // The tree of the group that has no siblings leads to itself.
    let mut bytes = OLD.to_vec();
    let tree = bytes.windows(4).position(|window| window == b"TREE").unwrap_or_default();
    let child = tree + 8 + 16 + 8;
    bytes[child..child + 8].copy_from_slice(&(tree as u64).to_le_bytes());
    assert!(fails(&found(&Hdf5, "model.h5", &bytes)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn changed_files_are_read_without_panic(
        which in 0..8_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 0..9_usize), 1..12),
    ) {
        let file = [LINK, STORAGE, VIRTUAL, OWN, OLD, NEW, DENSE, PICKLED][which];
        let mut bytes = file.to_vec();
        for (place, value, length) in changes {
            // Where something is written, and not in the zeros between.
            let place = place.index(bytes.len().min(4200));
            let value = if value % 3 == 0 { u64::MAX } else { value };
            let value = &value.to_le_bytes()[..length.min(8)];
            let end = (place + value.len()).min(bytes.len());
            bytes[place..end].copy_from_slice(&value[..end - place]);
        }
        found_by(&[&Hdf5, &Config], "model.h5", &bytes);
    }

    #[test]
    fn any_bytes_after_the_signature_are_read_without_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        found(&Hdf5, "model.h5", &[super::SIGNATURE, &bytes].concat());
    }
}
