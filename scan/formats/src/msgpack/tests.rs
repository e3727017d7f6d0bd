use proptest::prelude::*;

use super::MsgPack;
use crate::testing::{fails, found};

/// A map of one key to an extension.
fn checkpoint(kind: u8, inner: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x81\xa1w\xc7".to_vec();
    bytes.push(inner.len() as u8);
    bytes.push(kind);
    bytes.extend(inner);
    bytes
}

#[test]
fn what_flax_writes_is_clean() {
    let array = checkpoint(1, b"\x93\x92\x01\x02\xa7float32\xc4\x0812345678");
    assert!(found(&MsgPack, "flax_model.msgpack", &array).is_empty());
    let scalar = checkpoint(3, b"\x93\x90\xa7float32\xc4\x041234");
    assert!(found(&MsgPack, "flax_model.msgpack", &scalar).is_empty());
}

#[test]
fn each_danger_has_its_rule() {
    let text = |text: &str| [&b"\x81\xa1w\xd9"[..], &[text.len() as u8], text.as_bytes()].concat();
    for (bytes, rule) in [
        (checkpoint(1, b"\x93\x92\x01\x03\xa7float32\xc4\x0812345678"), "msgpack/false-array"),
        (checkpoint(1, b"\x93\x92\x01\x02\xa6object\xc4\x0812345678"), "msgpack/false-array"),
        (checkpoint(1, b"\x93\x92\x01\x02\xa7float32\xc4\x0812"), "msgpack/false-array"),
        (checkpoint(1, b"\x93\x91\x02\xa7float32\xc4\x0412345678"), "msgpack/false-array"),
        (text("__import__('os').system('echo inert')"), "msgpack/code-in-text"),
        (text("__reduce__"), "msgpack/code-in-text"),
        (b"\x81\xa1w\xc4\x0b\x80\x04\x95\x01\0\0\0\0\0\0\0".to_vec(), "msgpack/hidden-file"),
        (b"\x80cposix\nsystem\n".to_vec(), "msgpack/trailing-bytes"),
        (b"\xdf\xff\xff\xff\xff".to_vec(), "scan/broken"),
        (b"\x81\xa1w\xc6\xff\xff\xff\xff".to_vec(), "scan/broken"),
        (vec![0x91; 5000], "scan/limit"),
        (vec![], "scan/broken"),
    ] {
        let all = found(&MsgPack, "a.msgpack", &bytes);
        assert!(fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
    }
}

#[test]
fn types_of_other_libraries_do_not_fail() {
    for (bytes, rule) in [
        (checkpoint(42, b"x"), "msgpack/unknown-extension"),
        (checkpoint(1, b"\0\0\0\0"), "msgpack/false-array"),
    ] {
        let all = found(&MsgPack, "a.msgpack", &bytes);
        assert!(!fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
    }
}

#[test]
fn arrays_of_objects_are_handed_over() {
    let kind = b"\xc4\x04kind\xc4\x01O".to_vec();
    let data = b"\xa4data\xc4\x0b\x80\x04\x8c\x02os\x94\x8c\x01x.".to_vec();
    let begin = b"\x83\xc4\x02nd\xc3".to_vec();
    for bytes in [[&begin[..], &kind, &data].concat(), [&begin[..], &data, &kind].concat()] {
        let all = found(&MsgPack, "tok2vec/model", &bytes);
        assert!(all.iter().any(|(rule, _)| rule == "msgpack/pickled-objects"), "{all:?}");
    }
    let floats = b"\xc4\x04kind\xc4\x00".to_vec();
    let floats = [&begin[..], &floats, &data].concat();
    assert_eq!(found(&MsgPack, "model", &floats), []);
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&MsgPack, "a.msgpack", &bytes);
        if bytes.len() < 256 {
            found(&MsgPack, "a.msgpack", &checkpoint(1, &bytes));
        }
    }
}
