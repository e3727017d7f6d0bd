//! Tar archives, honest and other.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use nix_ai_model_scan_walk::Level;
use support::{gzip, read};

/// A member: header, content, padding.
fn member(kind: u8, name: &str, target: &str, content: &[u8]) -> Vec<u8> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[156] = kind;
    block[157..157 + target.len()].copy_from_slice(target.as_bytes());
    block[257..265].copy_from_slice(b"ustar\x0000");
    let mut bytes = signed(block).to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A header with its checksum.
fn signed(mut block: [u8; 512]) -> [u8; 512] {
    block[148..156].fill(b' ');
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block
}

fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}

fn record(key: &str, value: &str) -> Vec<u8> {
    let body = format!(" {key}={value}\n");
    let length = body.len() + 2;
    format!("{length}{body}").into_bytes()
}

#[test]
fn honest_archives_are_read_and_nothing_is_said() {
    let bytes = archive(&[
        member(b'5', "a/", "", b""),
        member(b'0', "a/one", "", b"content of one"),
        member(b'x', "pax", "", &record("path", "a/long")),
        member(b'0', "short", "", b"content of two"),
        member(b'L', "././@LongLink", "", b"a/longer\0"),
        member(b'0', "short", "", &[7; 700]),
        member(b'2', "a/link", "one", b""),
    ]);
    for (name, bytes) in [("m.tar", bytes.clone()), ("m.tar.gz", gzip(&bytes))] {
        let found = read(name, &bytes);
        assert_eq!(found.rules, [], "{name}");
        let names: Vec<_> =
            found.parts.iter().map(|(name, _)| name.rsplit('!').next().unwrap()).collect();
        assert_eq!(names, ["a/one", "a/long", "a/longer"]);
        assert!(found.holds("content of one") && found.holds("content of two"));
    }
}

#[test]
fn what_leaves_the_folder_is_told() {
    for (kind, name, target, rule) in [
        (b'0', "../x", "", "archive/path-leaves-folder"),
        (b'0', "/x", "", "archive/path-leaves-folder"),
        (b'2', "link", "/etc/passwd", "archive/link-leaves-folder"),
        (b'2', "a/link", "../../x", "archive/link-leaves-folder"),
        (b'2', "link", "b/../../x", "archive/link-leaves-folder"),
        (b'1', "link", "../x", "archive/link-leaves-folder"),
        (b'3', "dev", "", "archive/device"),
        (b'6', "pipe", "", "archive/device"),
    ] {
        let found = read("m.tar", &archive(&[member(kind, name, target, b"")]));
        assert_eq!(found.rules, [(rule.to_owned(), Level::High)], "{name} {target}");
    }
    let through = [member(b'2', "d", ".", b""), member(b'0', "./d/x", "", b"content")];
    assert!(read("m.tar", &archive(&through)).has("archive/link-leaves-folder"));
    let pax = [member(b'x', "p", "", &record("path", "../x")), member(b'0', "x", "", b"c")];
    assert!(read("m.tar", &archive(&pax)).has("archive/path-leaves-folder"));
}

#[test]
fn two_sizes_are_a_lie_and_both_readings_are_read() {
    let inner = member(b'0', "hidden", "", b"hidden content");
    let mut outer = member(b'0', "outer", "", b"");
    outer.extend(&inner);
    let size = record("size", &inner.len().to_string());
    let found = read("m.tar", &archive(&[member(b'x', "p", "", &size), outer]));
    assert!(found.has("tar/sizes-differ"), "{found:?}");
    assert!(found.holds("hidden content"), "{found:?}");
}

#[test]
fn archives_behind_the_end_and_behind_a_break_are_read() {
    let [one, two] = ["one", "two"].map(|name| archive(&[member(b'0', name, "", name.as_bytes())]));
    let found = read("m.tar", &[one, two.clone()].concat());
    assert_eq!(found.rules, [("archive/trailing-data".to_owned(), Level::Low)]);
    assert!(found.holds("one") && found.holds("two"));
    let broken = [member(b'0', "a", "", b"first"), vec![b'x'; 512], two].concat();
    let found = read("m.tar", &broken);
    assert_eq!(found.rules, [("scan/broken".to_owned(), Level::Unjudged)]);
    assert!(found.holds("first") && found.holds("two"));
}

#[test]
fn sizes_in_binary_and_signed_checksums_are_read() {
    let mut bytes = member(b'0', "n\u{e4}me", "", b"content");
    bytes[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    let block: [u8; 512] = signed(bytes[..512].try_into().unwrap());
    bytes[..512].copy_from_slice(&block);
    assert!(read("m.tar", &archive(&[bytes.clone()])).holds("content"));
    bytes[148..156].fill(b' ');
    let sum: i64 = bytes[..512].iter().map(|byte| i64::from(*byte as i8)).sum();
    bytes[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    assert!(read("m.tar", &archive(&[bytes])).holds("content"));
}
