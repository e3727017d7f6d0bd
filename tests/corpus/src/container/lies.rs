//! Zip archives of which two readers see two contents.

use super::zip::{Member, Zip};
use crate::Sample;
use crate::pickle::{harmful, innocent};

type Lie = (&'static str, fn(&[u8]) -> Zip);

static LIES: &[Lie] = &[
    ("stored", |evil| Zip::of([Member::stored("data.pkl", evil)])),
    ("deflated", |evil| Zip::of([Member::deflated("data.pkl", evil)])),
    ("odd-name", |evil| Zip::of([Member::deflated("weights/blob.0", evil)])),
    ("no-name", |evil| Zip::of([Member::stored("", evil)])),
    ("folder-name", |evil| Zip::of([Member::stored("data.pkl/", evil)])),
    ("name-differs", |evil| {
        Zip::of([Member::stored("data.pkl", evil).local(|local| local.name = "notes.txt".into())])
    }),
    ("name-differs-other-way", |evil| {
        Zip::of([Member::stored("data.pkl", evil).central(|central| central.name = "a.txt".into())])
    }),
    ("name-with-nul", |evil| Zip::of([Member::stored("data.pkl\0.txt", evil)])),
    ("name-not-text", |evil| {
        Zip::of([Member::stored("d\u{202e}lkp.txt", evil).both(|header| header.flags |= 1 << 11)])
    }),
    ("encrypted-in-directory", |evil| {
        Zip::of([Member::stored("data.pkl", evil).central(|central| central.flags |= 1)])
    }),
    ("encrypted-in-header", |evil| {
        Zip::of([Member::stored("data.pkl", evil).local(|local| local.flags |= 1)])
    }),
    ("encrypted-in-both", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| header.flags |= 1)])
    }),
    ("strong-encryption", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| header.flags |= 0x41)])
    }),
    ("aes", |evil| Zip::of([Member::stored("data.pkl", evil).both(|header| header.method = 99)])),
    ("unknown-method", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| header.method = 77)])
    }),
    ("method-differs", |evil| {
        Zip::of([Member::stored("data.pkl", evil).central(|central| central.method = 8)])
    }),
    ("method-differs-other-way", |evil| {
        Zip::of([Member::stored("data.pkl", evil).local(|local| local.method = 8)])
    }),
    ("crc-wrong", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| header.crc ^= 1)])
    }),
    ("crc-wrong-in-directory", |evil| {
        Zip::of([Member::deflated("data.pkl", evil).central(|central| central.crc = 0)])
    }),
    ("size-zero-in-directory", |evil| {
        Zip::of([Member::stored("data.pkl", evil).central(|central| {
            central.size = 0;
            central.compressed = 0;
        })])
    }),
    ("size-zero-in-header", |evil| {
        Zip::of([Member::stored("data.pkl", evil).local(|local| {
            local.size = 0;
            local.compressed = 0;
        })])
    }),
    ("size-short", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| {
            header.size -= 3;
            header.compressed -= 3;
        })])
    }),
    ("size-long", |evil| {
        Zip::of([Member::stored("data.pkl", evil).both(|header| {
            header.size += 900;
            header.compressed += 900;
        })])
    }),
    ("unpacked-size-short", |evil| {
        Zip::of([Member::deflated("data.pkl", evil).both(|header| header.size = 4)])
    }),
    ("descriptor", |evil| Zip::of([described(evil, 0)])),
    ("descriptor-lies", |evil| Zip::of([described(evil, 1)])),
    ("duplicate-last", |evil| {
        Zip::of([Member::stored("data.pkl", &innocent()), Member::stored("data.pkl", evil)])
    }),
    ("duplicate-first", |evil| {
        Zip::of([Member::stored("data.pkl", evil), Member::stored("data.pkl", &innocent())])
    }),
    ("duplicate-by-case", |evil| {
        Zip::of([Member::stored("data.pkl", &innocent()), Member::stored("DATA.PKL", evil)])
    }),
    ("not-in-directory", |evil| {
        let hidden = Member::stored("data.pkl", evil).central(|central| central.is_there = false);
        Zip::of([hidden, Member::stored("readme.txt", b"words")])
    }),
    ("directory-points-elsewhere", |evil| {
        // The directory's only member lies in what the first one holds.
        let inner = Zip::of([Member::stored("data.pkl", evil)]).build();
        let outer = Member::stored("picture", &inner).central(|central| central.is_there = false);
        let length = inner.len() as i64;
        let mut shown = Member::stored("data.pkl", evil).local(|local| local.is_there = false);
        shown.shift = -length;
        Zip::of([outer, shown])
    }),
    ("overlapping", |evil| {
        let first = Member::stored("notes.txt", evil);
        let mut second = Member::stored("data.pkl", evil).local(|local| local.is_there = false);
        second.shift = -((30 + "notes.txt".len() + evil.len()) as i64);
        Zip::of([first, second])
    }),
    ("extra-hides-the-begin", |evil| {
        let mut member = Member::stored("data.pkl", evil);
        member.extra = vec![0xfe, 0xca, 4, 0, 1, 2, 3, 4];
        Zip::of([member])
    }),
    ("prefix", |evil| Zip {
        prefix: b"\x89PNG\r\n\x1a\n and so on".repeat(9),
        ..Zip::of([Member::stored("data.pkl", evil)])
    }),
    ("prefix-not-counted", |evil| Zip {
        prefix: vec![0x5a; 700],
        counts_without_prefix: true,
        ..Zip::of([Member::stored("data.pkl", evil)])
    }),
    ("prefix-is-a-pickle", |evil| Zip {
        prefix: evil.to_vec(),
        counts_without_prefix: true,
        ..Zip::of([Member::stored("data.pkl", &innocent())])
    }),
    ("prefix-is-a-zip", |evil| Zip {
        prefix: Zip::of([Member::stored("data.pkl", evil)]).build(),
        counts_without_prefix: true,
        ..Zip::of([Member::stored("data.pkl", &innocent())])
    }),
    ("suffix", |evil| Zip { suffix: vec![7; 300], ..Zip::of([Member::stored("data.pkl", evil)]) }),
    ("comment-is-a-zip", |evil| Zip {
        comment: Zip::of([Member::stored("data.pkl", evil)]).build(),
        ..Zip::of([Member::stored("data.pkl", &innocent())])
    }),
    ("counted-short", |evil| Zip {
        counted: Some(1),
        ..Zip::of([Member::stored("a.txt", b"words"), Member::stored("data.pkl", evil)])
    }),
    ("counted-none", |evil| Zip {
        counted: Some(0),
        ..Zip::of([Member::stored("data.pkl", evil)])
    }),
    ("nested", |evil| {
        let inner = Zip::of([Member::stored("data.pkl", evil)]).build();
        Zip::of([Member::deflated("inner.bin", &inner)])
    }),
    ("nested-six-times", |evil| {
        let wrap = |inner: Vec<u8>| Zip::of([Member::deflated("inner", &inner)]).build();
        let inner = (0..5).fold(evil.to_vec(), |inner, _| wrap(inner));
        Zip::of([Member::stored("inner", &inner)])
    }),
    ("among-many", |evil| {
        let others = (0..500).map(|index| Member::stored(&format!("data/{index}"), &[0; 16]));
        Zip::of(others.chain([Member::stored("data/500", evil)]))
    }),
];

/// A member whose sizes and checksum come behind it, each too large by `lie`.
fn described(content: &[u8], lie: u32) -> Member {
    let mut member = Member::deflated("data.pkl", content);
    let header = member.central.clone();
    member.data.extend(b"PK\x07\x08");
    for number in [header.crc, header.compressed, header.size] {
        member.data.extend(number.wrapping_add(lie).to_le_bytes());
    }
    member.both(|header| header.flags |= 8).local(|local| {
        (local.crc, local.compressed, local.size) = (0, 0, 0);
    })
}

/// Archives of which some loader gets a pickle that runs something.
pub fn samples() -> Vec<Sample> {
    let evil = harmful();
    let sample = |(name, make): &Lie| {
        let what = format!("zip-{name}");
        Sample::malicious("zip", "archive", &what, "model.zip", make(&evil).build())
    };
    let mut samples: Vec<_> = LIES.iter().map(sample).collect();
    // Whatever it holds.
    let lie = Zip::of([described(&innocent(), 1)]).build();
    samples.push(Sample::malicious("zip", "archive", "zip-descriptor-lies-alone", "a.zip", lie));
    // Where unpacking writes, whatever is written.
    for (what, name) in [
        ("up", "../../inert.txt"),
        ("absolute", "/nonexistent/inert.txt"),
        ("backslash", "..\\..\\inert.txt"),
        ("drive", "C:\\nonexistent\\inert.txt"),
        ("up-inside", "a/../../inert.txt"),
    ] {
        let zip = Zip::of([Member::stored(name, b"inert")]).build();
        let what = format!("zip-path-{what}");
        samples.push(Sample::malicious("zip", "path", &what, "model.zip", zip));
    }
    let mut link = Member::stored("weights", b"/nonexistent/inert");
    link.attributes = 0o120_777 << 16;
    let zip = Zip::of([link]).build();
    samples.push(Sample::malicious("zip", "path", "zip-link", "model.zip", zip));
    samples.extend(benign());
    samples
}

/// The same ways where the content is innocent and nothing lies.
fn benign() -> Vec<Sample> {
    let honest = [
        "stored",
        "deflated",
        "odd-name",
        "descriptor",
        "extra-hides-the-begin",
        "nested",
        "nested-six-times",
        "among-many",
    ];
    let made = LIES.iter().filter(|(name, _)| honest.contains(name));
    let sample = |(name, make): &Lie| {
        let what = format!("zip-{name}");
        Sample::benign("zip", "honest archive", &what, "model.zip", make(&innocent()).build())
    };
    made.map(sample).collect()
}
