//! Compressed streams, and any bytes at all.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write;

use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;
use support::{deflate, deflated, gzip, read, stored, zip, zlib};

const CONTENT: &[u8] = b"content that is compressed, content that is compressed";

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut packed = lz4_flex::frame::FrameEncoder::new(Vec::new());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// What joblib wrote before it had formats of its own.
fn joblib(bytes: &[u8]) -> Vec<u8> {
    let size = format!("ZF{:<19}", format!("{:#x}", bytes.len()));
    [size.as_bytes(), &zlib(bytes)].concat()
}

#[test]
fn streams_are_recognised_by_content_and_read() {
    for (name, bytes) in [
        ("a.gz", gzip(CONTENT)),
        ("a", [gzip(b"content that is "), gzip(b"compressed, content")].concat()),
        ("a", [gzip(CONTENT), vec![0; 100]].concat()),
        ("a.z", zlib(CONTENT)),
        ("a.bz2", bzip2(CONTENT)),
        ("a", [bzip2(CONTENT), bzip2(CONTENT)].concat()),
        ("a.lz4", lz4(CONTENT)),
        ("a", [lz4(b"content that is "), lz4(b"compressed, content")].concat()),
        ("a.zst", zstd(CONTENT)),
        ("a", [b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zstd(CONTENT)].concat()),
        ("a.pkl", joblib(CONTENT)),
    ] {
        let found = read(name, &bytes);
        assert_eq!(found.rules, [], "{name}");
        assert_eq!(found.parts.len(), 1, "{name} {found:?}");
        assert!(found.holds("content that is compressed, content"), "{name} {found:?}");
    }
}

#[test]
fn what_came_before_a_break_is_read_and_the_break_is_told() {
    let long: Vec<u8> = (0..40_000_u32).flat_map(|n| (n * 7919).to_string().into_bytes()).collect();
    let gz = gzip(&long);
    for bytes in [gz[..gz.len() / 2].to_vec(), [gz, b"junk".to_vec()].concat()] {
        let found = read("a.gz", &bytes);
        assert_eq!(found.rules, [("scan/broken".to_owned(), Level::Unjudged)]);
        assert!(found.holds("07919"), "{found:?}");
    }
}

#[test]
fn bombs_end_and_are_told() {
    let zeros = vec![0; 3 << 20];
    let mut bomb = Vec::new();
    // Members of one file: 300 MiB of 300 KiB.
    for _ in 0..100 {
        bomb.extend(gzip(&zeros));
    }
    let found = read("a.gz", &bomb);
    assert!(found.has("archive/bomb"), "{found:?}");
    let mut deep = zip(&[deflated("a", &zeros)]);
    for _ in 0..20 {
        deep = zip(&[stored("z.zip", &deep)]);
    }
    assert!(read("a.zip", &deep).has("scan/limit"));
}

#[test]
fn archives_that_are_not_read_are_told() {
    assert!(read("m.bin", b"Rar!\x1a\x07\x01\0whatever").has("archive/unread-format"));
}

/// A file of any format that is read here.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let inner = prop::sample::select(vec![
        zip(&[stored("a", CONTENT), deflated("b", CONTENT)]),
        gzip(CONTENT),
        zlib(CONTENT),
        deflate(CONTENT),
        bzip2(CONTENT),
        lz4(CONTENT),
        zstd(CONTENT),
        b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(),
    ]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    (inner, edits, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, edits, end, is_cut)| {
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if is_cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read("a", &bytes);
    }

    #[test]
    fn files_that_were_changed_are_read(bytes in any_file()) {
        read("a", &bytes);
    }

    #[test]
    fn random_bytes_are_no_archive(bytes in prop::collection::vec(any::<u8>(), 64..4000)) {
        prop_assume!(!bytes.starts_with(b"PK"));
        prop_assert_eq!(read("model.bin", &bytes).rules, []);
    }
}
