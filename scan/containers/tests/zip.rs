//! Zip archives, honest and other.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use nix_ai_model_scan_walk::Level;
use support::{Member, deflated, end, gzip, read, stored, zip};

const PAYLOAD: &[u8] = b"a payload that repeats, a payload that repeats";

fn two() -> [Member; 2] {
    [stored("archive/data.pkl", PAYLOAD), deflated("archive/version", b"3\n")]
}

#[test]
fn honest_archives_are_read_and_nothing_is_said() {
    let found = read("m.pt", &zip(&two()));
    assert_eq!(found.rules, []);
    let names: Vec<_> = found.parts.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["archive/data.pkl", "archive/version"]);
    assert!(found.holds("a payload") && found.holds("3\n"));
    assert_eq!(read("empty.zip", &zip(&[])).rules, []);
}

/// An archive whose first member has its sizes and checksum behind it.
fn streamed(signature: &[u8], width: usize, lie: u64) -> Vec<u8> {
    let [mut first, second] = two();
    first.flags = [8; 2];
    (first.crcs[1], first.compressed[1], first.sizes[1]) = (0, 0, 0);
    first.descriptor = [signature, &first.crcs[0].to_le_bytes()].concat();
    for size in [PAYLOAD.len() as u64, PAYLOAD.len() as u64 + lie] {
        first.descriptor.extend(&size.to_le_bytes()[..width]);
    }
    zip(&[first, second])
}

#[test]
fn members_of_streaming_writers_are_honest() {
    for signature in [&b""[..], b"PK\x07\x08"] {
        for width in [4, 8] {
            let found = read("m.zip", &streamed(signature, width, 0));
            assert_eq!(found.rules, [], "{width}");
            assert_eq!(found.parts.len(), 2);
            let found = read("m.zip", &streamed(signature, width, 3));
            assert_eq!(found.rules.len(), 1, "{width}");
            assert_eq!(found.rules[0].0, "zip/headers-differ");
            assert_eq!(found.parts.len(), 2);
        }
    }
}

#[test]
fn archives_within_archives_are_read() {
    let inner = zip(&two());
    let found =
        read("m.zip", &zip(&[stored("in.zip", &inner), deflated("g.zip.gz", &gzip(&inner))]));
    assert_eq!(found.rules, []);
    let names: Vec<_> = found.parts.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names[0], "in.zip!archive/data.pkl");
    assert_eq!(names[2], "g.zip.gz!g.zip!archive/data.pkl");
}

/// Whatever the two headers say, the member's bytes are read, and the lie told.
#[test]
fn lies_between_the_headers_hide_nothing() {
    type Lie = fn(&mut Member);
    let lies: [(&str, Lie); 11] = [
        ("zip/headers-differ", |m| m.local_name = b"archive/harmless".to_vec()),
        ("zip/headers-differ", |m| m.methods[1] = 8),
        ("zip/headers-differ", |m| m.methods[0] = 8),
        ("zip/headers-differ", |m| m.compressed[1] = 3),
        ("zip/headers-differ", |m| m.compressed[0] = 3),
        ("zip/headers-differ", |m| m.sizes[1] = 0),
        ("zip/headers-differ", |m| m.crcs[0] ^= 1),
        ("zip/headers-differ", |m| m.flags[0] = 1),
        ("zip/false-flag", |m| m.flags = [1; 2]),
        ("zip/false-flag", |m| m.flags = [0x20; 2]),
        ("zip/size-differs", |m| m.sizes = [0; 2]),
    ];
    for (number, (rule, lie)) in lies.into_iter().enumerate() {
        let [mut first, second] = two();
        lie(&mut first);
        let found = read("m.pt", &zip(&[first, second]));
        assert!(found.has(rule) && found.is_refused(), "{number}: {found:?}");
        assert!(found.holds("a payload that") && found.holds("3\n"), "{number}: {found:?}");
    }
}

#[test]
fn a_wrong_checksum_alone_is_not_refused_and_the_member_is_read() {
    let [mut first, second] = two();
    first.crcs = [0; 2];
    let found = read("m.pt", &zip(&[first, second]));
    assert_eq!(found.rules, [("zip/checksum-differs".to_owned(), Level::Medium)]);
    assert!(found.holds("a payload"));
}

#[test]
fn encrypted_and_unknown_members_are_not_judged() {
    let [mut first, second] = two();
    (first.flags, first.crcs) = ([1; 2], [0; 2]);
    assert!(read("m.zip", &zip(&[first, second.clone()])).has("scan/unsupported"));
    let [mut first, _] = two();
    first.methods = [6; 2];
    let found = read("m.zip", &zip(&[first, second]));
    assert_eq!(found.rules, [("scan/unsupported".to_owned(), Level::Unjudged)]);
}

#[test]
fn members_that_only_local_headers_have_are_found() {
    for place in 0..2 {
        let mut members = two();
        members[place].is_listed = false;
        let found = read("m.zip", &zip(&members));
        assert_eq!(found.rules, [("zip/hidden-member".to_owned(), Level::High)], "{place}");
        assert_eq!(found.parts.len(), 2);
    }
    let [first, mut second] = two();
    second.before = b"what is this".repeat(1000);
    assert_eq!(read("m.zip", &zip(&[first, second])).rules, [], "a signing block is no member");
}

#[test]
fn archives_without_a_directory_are_read_and_not_judged() {
    let whole = zip(&two());
    let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    for length in [directory, directory + 30, whole.len() - 1] {
        let found = read("m.zip", &whole[..length]);
        assert_eq!(found.rules, [("scan/broken".to_owned(), Level::Unjudged)], "{length}");
        assert!(found.holds("a payload") && found.holds("3\n"), "{length}");
    }
}

#[test]
fn archives_behind_something_else_are_read() {
    let found = read("m.bin", &[b"#!/bin/sh\nexit\n".as_slice(), &zip(&two())].concat());
    assert_eq!(found.rules, []);
    assert!(found.holds("a payload"));
    let mut far = [vec![0xff; 1000], zip(&two())].concat();
    let comment = far.len() - 2;
    far[comment..].copy_from_slice(&60_000_u16.to_le_bytes());
    far.extend([0xff; 60_000]);
    assert!(read("m.bin", &far).holds("a payload"), "behind a long comment");
}

#[test]
fn several_directories_are_a_lie_and_all_are_read() {
    let other = zip(&[stored("other", b"another payload")]);
    let appended = [zip(&two()), other.clone()].concat();
    let mut comment = zip(&two());
    let length = comment.len();
    comment[length - 2..].copy_from_slice(&(other.len() as u16).to_le_bytes());
    comment.extend(&other);
    for bytes in [appended, comment] {
        let found = read("m.zip", &bytes);
        assert!(found.has("zip/directories-differ"), "{found:?}");
        assert!(found.holds("a payload") && found.holds("another payload"), "{found:?}");
    }
    let empty = [zip(&two()), end(0, 0, 0)].concat();
    let found = read("m.zip", &empty);
    assert!(found.is_refused() && found.holds("a payload"), "{found:?}");
}

#[test]
fn an_end_record_that_miscounts_is_a_lie() {
    let mut bytes = zip(&two());
    let end = bytes.len() - 22;
    bytes[end + 10] = 1;
    let found = read("m.zip", &bytes);
    assert_eq!(found.rules, [("zip/directories-differ".to_owned(), Level::High)]);
    assert_eq!(found.parts.len(), 2);
}

#[test]
fn names_that_leave_or_cheat_are_told() {
    let unicode = |name: &[u8], says: &[u8]| {
        let mut extra = vec![0x75, 0x70, (says.len() + 5) as u8, 0, 1];
        extra.extend(crc32fast::hash(name).to_le_bytes());
        extra.extend(says);
        extra
    };
    for (name, extra, rule) in [
        ("../a", vec![], "archive/path-leaves-folder"),
        ("/a", vec![], "archive/path-leaves-folder"),
        ("a\\..\\b", vec![], "archive/path-leaves-folder"),
        ("C:\\a", vec![], "archive/path-leaves-folder"),
        ("a.pkl\0.txt", vec![], "zip/ambiguous-name"),
        ("a.txt", unicode(b"a.txt", b"a.pkl"), "zip/ambiguous-name"),
        ("a.txt", unicode(b"a.txt", b"../\xc3\xa4"), "archive/path-leaves-folder"),
    ] {
        let found = read("m.zip", &zip(&[Member { extra, ..stored(name, PAYLOAD) }]));
        assert!(found.has(rule) && found.is_refused(), "{name}: {found:?}");
    }
    let member = Member { extra: unicode(b"a?", b"a\xc3\xa4"), ..stored("a?", PAYLOAD) };
    assert!(!read("m.zip", &zip(&[member])).is_refused());
}

#[test]
fn links_and_devices_are_judged() {
    let member = |mode: u32, target: &str| {
        zip(&[Member { attributes: mode << 16, ..stored("a/link", target.as_bytes()) }])
    };
    assert!(read("m.zip", &member(0o120_777, "/etc/passwd")).has("archive/link-leaves-folder"));
    assert!(read("m.zip", &member(0o120_777, "../../x")).has("archive/link-leaves-folder"));
    assert_eq!(read("m.zip", &member(0o120_777, "../x")).rules, []);
    assert!(read("m.zip", &member(0o020_666, "")).has("archive/device"));
}

#[test]
fn two_members_of_a_name_are_told_and_both_are_read() {
    let found = read("m.zip", &zip(&[stored("a", b"one"), stored("a", b"two")]));
    assert_eq!(found.rules, [("zip/duplicate-name".to_owned(), Level::High)]);
    assert!(found.holds("one") && found.holds("two"));
    assert!(!read("m.zip", &zip(&[stored("a", b"one"), stored("A", b"two")])).is_refused());
}

#[test]
fn members_at_one_place_are_told() {
    let mut bytes = zip(&two());
    let records: Vec<_> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    // The second record points to the first member.
    bytes[records[1] + 42..records[1] + 46].fill(0);
    assert!(read("m.zip", &bytes).has("zip/overlapping-members"));
}
