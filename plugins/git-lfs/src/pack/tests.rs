#![allow(clippy::unwrap_used, reason = "tests")]
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::*;

/// Made by `git pack-objects` (see fixtures/README.md): a file of 40 versions,
/// once with deltas by offset, once by name.
const OFFSETS: &[u8] = include_bytes!("../../fixtures/offset-deltas.pack");
const NAMES: &[u8] = include_bytes!("../../fixtures/name-deltas.pack");
const IDS: &str = include_str!("../../fixtures/objects.txt");
const ROOM: usize = 1 << 20;

fn read(pack: &[u8]) -> Result<Objects, Fault> {
    let mut objects = Objects::new(ROOM);
    objects.add(pack).map(|()| objects)
}

/// An entry: type, size and, for a delta, its base; then the deflated bytes.
fn entry(code: u8, base: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut size = bytes.len();
    let mut head = vec![code << 4 | (size & 0x0f) as u8];
    size >>= 4;
    while size > 0 {
        *head.last_mut().unwrap() |= 0x80;
        head.push((size & 0x7f) as u8);
        size >>= 7;
    }
    let mut deflater = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflater.write_all(bytes).unwrap();
    [&head[..], base, &deflater.finish().unwrap()].concat()
}

fn pack(count: u32, entries: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"PACK\0\0\0\x02", &count.to_be_bytes()[..], &entries.concat()].concat();
    let sum = Sha1::digest(&body);
    [&body[..], &sum[..]].concat()
}

fn name(bytes: &[u8]) -> Oid {
    Object { kind: Kind::Blob, bytes: bytes.to_vec() }.oid()
}

fn raw(oid: Oid) -> Vec<u8> {
    let hex = oid.to_string();
    (0..20).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[test]
fn packs_of_real_git_are_read_whole() {
    for pack in [OFFSETS, NAMES] {
        let objects = read(pack).unwrap();
        let mut found: Vec<String> = objects.objects.keys().map(Oid::to_string).collect();
        found.sort();
        assert_eq!(found, IDS.lines().collect::<Vec<_>>());
    }
    let deltas = |code: u8, pack: &[u8]| {
        let entries = Objects::new(ROOM).entries(pack).unwrap();
        let is =
            |entry: &&Entry| matches!((code, &entry.base), (6, Base::At(_)) | (7, Base::Named(_)));
        entries.iter().filter(is).count()
    };
    assert!(deltas(6, OFFSETS) > 30 && deltas(7, NAMES) > 30, "the fixtures are of deltas");
}

#[test]
fn a_base_may_come_after_its_delta() {
    let delta = [5, 6, 0x90, 5, 1, b'!'];
    let pack = pack(2, &[entry(7, &raw(name(b"hello")), &delta), entry(3, &[], b"hello")]);
    let objects = read(&pack).unwrap();
    assert_eq!(objects.blob(name(b"hello!")), Some(&b"hello!"[..]));
}

#[test]
fn a_chain_is_as_deep_as_gits_own_and_no_deeper() {
    let chain = |length: usize| {
        let mut entries = vec![entry(3, &[], b"")];
        let mut at = vec![HEADER];
        for depth in 0..length {
            at.push(at[depth] + entries[depth].len());
            let back = at[depth + 1] - at[depth];
            assert!(back < 0x80);
            // The base, and one byte more.
            let base = depth;
            let copied: &[u8] =
                if base == 0 { &[] } else { &[0xb0, base as u8, (base >> 8) as u8] };
            let size =
                |size: usize| [0x80 | size as u8, 0x80 | (size >> 7) as u8, (size >> 14) as u8];
            let delta = [&size(base)[..], &size(base + 1), copied, &[1, b'x']].concat();
            entries.push(entry(6, &[back as u8], &delta));
        }
        let mut objects = Objects::new(32 << 20);
        objects.add(&pack(entries.len() as u32, &entries)).map(|()| objects)
    };
    assert!(chain(DEEPEST).unwrap().has(name(&vec![b'x'; DEEPEST])));
    assert_eq!(chain(DEEPEST + 1).unwrap_err(), Fault::Malformed("nests its deltas too deep"));
}

#[test]
fn malformed_packs_are_named() {
    let blob = entry(3, &[], b"hello");
    for (fault, bytes) in [
        ("breaks off", b"PACK".to_vec()),
        (
            "is none",
            [b"JUNK\0\0\0\x02\0\0\0\0".as_slice(), &Sha1::digest(b"JUNK\0\0\0\x02\0\0\0\0")]
                .concat(),
        ),
        ("does not have its own checksum", [&pack(0, &[])[..31], b"x"].concat()),
        ("breaks off", pack(2, std::slice::from_ref(&blob))),
        ("holds more than it counts", pack(1, &[blob.clone(), blob.clone()])),
        ("has an object of an unknown type", pack(1, &[entry(5, &[], b"")])),
        ("has a delta whose base is missing", pack(1, &[entry(7, &[7; 20], &[0, 0])])),
        ("has a delta whose base is missing", pack(2, &[blob.clone(), entry(6, &[1], &[0, 0])])),
        ("has a delta whose base is outside", pack(1, &[entry(6, &[0x7f], &[0, 0])])),
        ("has a delta whose base is outside", pack(1, &[entry(6, &[0], &[0, 0])])),
        ("has a delta whose base is outside", pack(1, &[entry(6, &[0xff; 12], &[0, 0])])),
        (
            "has an object that cannot be inflated to its size",
            pack(1, &[[&[0x34], &blob[1..]].concat()]),
        ),
        (
            "has an object that cannot be inflated to its size",
            pack(1, &[[&[0x36], &blob[1..]].concat()]),
        ),
    ] {
        assert_eq!(read(&bytes).unwrap_err(), Fault::Malformed(fault));
    }
}

#[test]
fn what_takes_too_much_room_is_not_inflated() {
    let large = entry(3, &[], &vec![0; ROOM]);
    assert!(large.len() < 10_000);
    assert_eq!(read(&pack(1, &[large])).unwrap_err(), Fault::TooLarge);
    // A delta that makes a lot of little.
    let base = vec![b'x'; 0x1_0000];
    let copies = [0x80_u8; 200];
    let size = 200_u64 << 16;
    let seven = |shift: u32| (size >> shift & 0x7f) as u8;
    let head = [0x80, 0x80, 0x04, 0x80 | seven(0), 0x80 | seven(7), 0x80 | seven(14), seven(21)];
    let delta = entry(7, &raw(name(&base)), &[&head[..], &copies].concat());
    assert_eq!(read(&pack(2, &[entry(3, &[], &base), delta])).unwrap_err(), Fault::TooLarge);
}

proptest! {
    #[test]
    fn damaged_packs_never_panic(at in 0_usize..OFFSETS.len() - 20, byte: u8) {
        let mut body = OFFSETS[..OFFSETS.len() - 20].to_vec();
        body[at] = byte;
        let sum = Sha1::digest(&body);
        body.extend_from_slice(&sum);
        let _ = read(&body);
    }

    #[test]
    fn headers_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0_u32..4) {
        let _ = read(&pack(count, &[bytes]));
    }
}
