//! Archives and compressed streams that hold pickles.

mod lies;
mod others;
pub mod stream;
pub mod tar;
pub mod zip;

use tar::{Entry, tar};
use zip::{Member, Zip};

use crate::Sample;
use crate::pickle::{gzip, harmful, harmful_framed, harmful_text, innocent, zlib};

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = lies::samples();
    samples.extend(others::samples());
    samples.extend(streams());
    samples.extend(tars());
    samples
}

/// A format, its ending, and how bytes get into it.
type Packing = (&'static str, &'static str, fn(&[u8]) -> Vec<u8>);

static PACKINGS: &[Packing] = &[
    ("gzip", "pkl.gz", gzip),
    ("zlib", "pkl.z", zlib),
    ("xz", "pkl.xz", stream::xz),
    ("zstd", "pkl.zst", stream::zstd),
    ("lz4", "pkl.lz4", stream::lz4),
    ("7z", "7z", |bytes| stream::seven_zip("data.pkl", bytes)),
];

fn streams() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (format, ending, pack) in PACKINGS {
        let mut add = |family, what: &str, file: &str, bytes: Vec<u8>| {
            samples.push(Sample::malicious(format, family, what, file, bytes));
        };
        let named = format!("model.{ending}");
        add("archive", "pickle", &named, pack(&harmful()));
        add("archive", "pickle-text", &named, pack(&harmful_text()));
        add("archive", "pickle-framed", &named, pack(&harmful_framed()));
        add("lying file name", "named-bin", "pytorch_model.bin", pack(&harmful()));
        add("lying file name", "named-pkl", "model.pkl", pack(&harmful()));
        add("archive", "twice", &named, pack(&pack(&harmful())));
        let zip = Zip::of([Member::stored("archive/data.pkl", &harmful())]).build();
        add("archive", "zip-within", &named, pack(&zip));
        let evil = harmful();
        let entries = [Entry::file("a.txt", b"words"), Entry::file("b/data.pkl", &evil)];
        add("archive", "tar-within", &named, pack(&tar(&entries)));
        let packed = pack(&[harmful(), vec![0; 5000]].concat());
        add("archive", "cut", &named, packed[..packed.len() - 6].to_vec());
        add("archive", "junk-after", &named, [pack(&harmful()), b"junk".repeat(9)].concat());
        if *format != "zlib" && *format != "7z" {
            add("archive", "second-member", &named, [pack(&innocent()), pack(&harmful())].concat());
        }
        let far = [innocent().repeat(20_000), harmful()].concat();
        add("archive", "far-behind", &named, pack(&far));
        samples.push(Sample::benign(format, "honest archive", "plain", &named, pack(&innocent())));
        let text = b"some words of a text that nobody minds\n".repeat(300);
        samples.push(Sample::benign(format, "honest archive", "text", &named, pack(&text)));
    }
    // A name, a comment and an extra field before the bytes.
    let plain = gzip(&harmful());
    let fields = [&b"\x1f\x8b\x08\x1c\0\0\0\0\0\x03\x04\0abcd"[..], b"name\0words\0", &plain[10..]];
    samples.push(Sample::malicious("gzip", "archive", "fields", "model.pkl.gz", fields.concat()));
    let empty = [gzip(b"").repeat(40), gzip(&harmful())].concat();
    samples.push(Sample::malicious("gzip", "archive", "empty-before", "model.pkl.gz", empty));
    let zeros = [gzip(&innocent()), vec![0; 64], gzip(&harmful())].concat();
    samples.push(Sample::malicious("gzip", "archive", "zeros-between", "model.pkl.gz", zeros));
    let skipped = [stream::skippable(b"words"), stream::zstd(&harmful())].concat();
    samples.push(Sample::malicious("zstd", "archive", "skipped-before", "model.zst", skipped));
    samples
}

fn tars() -> Vec<Sample> {
    let evil = harmful();
    let long = "d/".repeat(80) + "data.pkl";
    let long_name = [long.as_bytes(), b"\0"].concat();
    let cases: Vec<(&str, Vec<Entry<'_>>)> = vec![
        ("plain", vec![Entry::file("data.pkl", &evil)]),
        ("odd-name", vec![Entry::file("weights/0", &evil)]),
        ("second", vec![Entry::file("a.txt", b"words"), Entry::file("b", &evil)]),
        ("old-kind", vec![Entry { kind: 0, ..Entry::file("data.pkl", &evil) }]),
        ("contiguous", vec![Entry { kind: b'7', ..Entry::file("data.pkl", &evil) }]),
        ("unknown-kind", vec![Entry { kind: b'Z', ..Entry::file("data.pkl", &evil) }]),
        (
            "long-name",
            vec![
                Entry { kind: b'L', ..Entry::file("././@LongLink", &long_name) },
                Entry::file("short", &evil),
            ],
        ),
        ("up", vec![Entry::file("../../inert.txt", b"inert")]),
        ("absolute", vec![Entry::file("/nonexistent/inert.txt", b"inert")]),
        ("link-up", vec![Entry::special("weights", b'2', "../../inert")]),
        ("link-absolute", vec![Entry::special("weights", b'2', "/nonexistent/inert")]),
        ("hard-link-up", vec![Entry::special("weights", b'1', "../../inert")]),
        ("device", vec![Entry::special("weights", b'3', "")]),
        (
            "through-link",
            vec![
                Entry::special("out", b'2', "/nonexistent"),
                Entry::file("out/inert.txt", b"inert"),
            ],
        ),
    ];
    let mut samples: Vec<_> = cases
        .iter()
        .map(|(what, entries)| Sample::malicious("tar", "archive", what, "model.tar", tar(entries)))
        .collect();
    let mut cut = tar(&[Entry::file("data.pkl", &evil)]);
    cut.truncate(cut.len() - 1024);
    samples.push(Sample::malicious("tar", "archive", "without-end", "model.tar", cut));
    let after = [tar(&[Entry::file("a", b"words")]), tar(&[Entry::file("data.pkl", &evil)])];
    samples.push(Sample::malicious("tar", "archive", "after-the-end", "model.tar", after.concat()));
    let honest = tar(&[Entry::file("a.txt", b"words"), Entry::file("data.pkl", &innocent())]);
    samples.push(Sample::benign("tar", "honest archive", "plain", "model.tar", honest));
    samples
}
