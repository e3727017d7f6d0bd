//! Archives that few publish models in, archives behind other content, and
//! what merely looks like an archive.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use proptest::prelude::*;
use support::{gzip, read, stored, zip};

/// A block of a tar archive with the right checksum, and content behind it.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    block[156] = b'0';
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].copy_from_slice(b"        ");
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend(content);
    block.resize(block.len().next_multiple_of(512), 0);
    block
}

#[test]
fn tars_behind_a_broken_first_block_are_read_and_the_break_is_told() {
    let found = read("a.tar", &[vec![b'j'; 512], tar("a", b"words")].concat());
    assert!(found.holds("words"));
    assert!(found.is_refused());
    let mut broken = [tar("a", b"first"), tar("b", b"second")].concat();
    broken[149] ^= 1;
    let found = read("a.tar", &broken);
    assert!(found.holds("second"));
    assert!(found.is_refused());
}

#[test]
fn pictures_whose_bytes_have_the_sum_zero_are_no_tar() {
    let mut picture = vec![0; 2048];
    picture[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
    // Without a checksum, the bytes with their signs must have the sum zero.
    let sum = |bytes: &[u8]| bytes[..512].iter().map(|byte| i64::from(*byte as i8)).sum::<i64>();
    let blanks = 8 * 32;
    while sum(&picture) + blanks != 0 {
        let place = picture[8..100].iter().position(|byte| *byte == 0).unwrap() + 8;
        picture[place] = (-(sum(&picture) + blanks)).clamp(-128, 127) as i8 as u8;
    }
    let found = read("a.png", &picture);
    assert_eq!(found.messages, [""; 0]);
}

#[test]
fn members_of_ar_are_read_and_objects_for_the_linker_are_left() {
    let member = |name: &str, content: &[u8]| {
        let size = content.len();
        let header = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644);
        let padding = vec![b'\n'; size % 2];
        [header.as_bytes(), content, &padding].concat()
    };
    let object = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 9], &[1, 0, 62, 0]].concat();
    let archive = [
        b"!<arch>\n".to_vec(),
        member("/", b"\0\0\0\0"),
        member("//", b"a-very-long-name.txt/\n"),
        member("/0", b"long"),
        member("#1/6", b"bsd\0\0\0words"),
        member("a.o/", &object),
        member("odd/", b"last"),
    ]
    .concat();
    let found = read("a.a", &archive);
    let names: Vec<_> = found.parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a-very-long-name.txt", "bsd", "odd"]);
    assert!(found.holds("long") && found.holds("words") && found.holds("last"));
    assert!(!found.is_refused());
    assert!(read("a.a", &archive[..archive.len() - 2]).is_refused());
    let climbs = [b"!<arch>\n".to_vec(), member("../a/", b"x")].concat();
    assert!(read("a.a", &climbs).has("archive/path-leaves-folder"));
}

#[test]
fn archives_behind_scripts_and_programs_are_read() {
    let script = b"#!/bin/sh\ntail -n +3 \"$0\" | tar xz\nexit\n";
    let found = read("a.run", &[script, &*gzip(b"payload")].concat());
    assert!(found.holds("payload"));
    let mut program = b"\x7fELF\x02\x01\x01".to_vec();
    program.resize(64, 0);
    program[40] = 64;
    program[58] = 64;
    program[60] = 1;
    program.resize(128, 7);
    let found = read("a.bin", &[program.clone(), gzip(b"payload")].concat());
    assert!(found.holds("payload"));
    // The same bytes elsewhere are data.
    let found = read("a.bin", &[program, vec![1], gzip(b"payload")].concat());
    assert_eq!(found.messages, [""; 0]);
}

#[test]
fn a_zip_archive_that_is_torn_apart_within_another_file_is_none() {
    let archive = zip(&[stored("a", &[b'a'; 300]), stored("b", b"words")]);
    let (first, second) = archive.split_at(200);
    let torn = [b"SQLite format 3\0", first, &[9; 50], second, &[0; 100]].concat();
    let found = read("a.db", &torn);
    assert!(!found.is_refused(), "{found:?}");
}

#[test]
fn a_missing_header_is_told_once_and_in_words() {
    let mut archive = zip(&[stored("a", b"one"), stored("b", b"two"), stored("c", b"three")]);
    let second = archive.windows(4).skip(1).position(|four| four == b"PK\x03\x04").unwrap() + 1;
    // The mark of an archive of several volumes, of which the first is gone.
    archive.splice(..second, *b"PK\x07\x08");
    let found = read("a.zip", &archive);
    assert!(found.is_refused());
    let told = found.messages.iter().filter(|message| message.contains("no local header"));
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 1, "{found:?}");
    assert!(told[0].contains("bytes before its begin"), "{found:?}");
    assert!(found.holds("two") && found.holds("three"));
}

#[test]
fn formats_that_are_not_read_are_told_by_content_or_name() {
    let mut image = vec![0; 34_000];
    image[32_769..32_774].copy_from_slice(b"CD001");
    for (name, bytes) in [
        ("a.iso", &image[..]),
        ("a", &image),
        ("a.img", b"hsqs\x07\0\0\0"),
        ("a.pkl.br", b"\x0b\x02\x80{}\x03"),
        ("a.snappy", b"\x03\x08\xff\xfe"),
    ] {
        assert!(read(name, bytes).has("archive/unread-format"), "{name}");
    }
    for (name, bytes) in [
        ("a", &[0; 34_000][..]),
        ("a.br", b"text"),
        ("a.js.br", b"\x0b\x02\x80{}\x03"),
        ("hsqs", b"x"),
    ] {
        assert!(!read(name, bytes).has("archive/unread-format"), "{name}");
    }
}

proptest! {
    #[test]
    fn any_bytes_behind_a_magic_number_are_read(
        magic in prop::sample::select(vec![
            &b"!<arch>\n"[..], b"070701", b"070707", b"\xc7\x71", b"\x71\xc7", b"\x1f\x9d\x90",
            b"\x1f\x9d\x0c", b"%PDF-1.4\n", b"#!/bin/sh\n\n\x1f\x8b\x08\0", b"\x7fELF\x02\x01",
            b"\x89PNG\r\n7z\xbc\xaf\x27\x1c", b"7z\xbc\xaf\x27\x1c",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        digits in "[0-9a-f ]{0,120}",
    ) {
        read("a", &[magic, &bytes].concat());
        read("a", &[magic, digits.as_bytes(), &bytes].concat());
        read("a", &[magic, digits.as_bytes(), b"`\n", &bytes, magic, &bytes].concat());
    }
}
