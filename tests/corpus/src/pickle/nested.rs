//! Pickles that hold pickles, for a loader that they call.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::assembler::{Op, Pickle};
use super::{FORMAT, harmful, innocent, malicious};
use crate::Sample;

/// All of them.
pub fn samples() -> Vec<Sample> {
    let inner = harmful();
    let base64 = base64(&inner);
    let hex: String = inner.iter().map(|byte| format!("{byte:02x}")).collect();
    let cases: Vec<(&str, Pickle)> = vec![
        ("loads", Pickle::new(3).call("pickle", "loads", |p| p.bytes(&inner))),
        ("loads-c", Pickle::new(4).call("_pickle", "loads", |p| p.bytes(&inner))),
        ("loads-dill", Pickle::new(3).call("dill", "loads", |p| p.bytes(&inner))),
        ("loads-cloudpickle", Pickle::new(3).call("cloudpickle", "loads", |p| p.bytes(&inner))),
        ("load-torch", through_file("torch", "load", &inner)),
        ("load-joblib", through_file("joblib", "load", &inner)),
        ("load-numpy", through_file("numpy", "load", &inner)),
        ("load-pandas", through_file("pandas", "read_pickle", &inner)),
        (
            "load-storage",
            Pickle::new(3).call("torch.storage", "_load_from_bytes", |p| p.bytes(&inner)),
        ),
        ("load-zlib", unpacked("zlib", "decompress", &zlib(&inner))),
        ("load-gzip", unpacked("gzip", "decompress", &gzip(&inner))),
        ("load-base64", unpacked("base64", "b64decode", base64.as_bytes())),
        ("load-hex", unpacked("binascii", "unhexlify", hex.as_bytes())),
        ("exec-base64", executed("base64", "b64decode", b"cHJpbnQoJ2luZXJ0Jyk=")),
        ("exec-zlib", executed("zlib", "decompress", &zlib(b"print('inert')"))),
        ("exec-hex", executed("binascii", "a2b_hex", b"7072696e742827696e6572742729")),
        (
            "exec-codec",
            Pickle::new(4).call("builtins", "exec", |p| {
                p.call("codecs", "decode", |p| p.text("cevag('vareg')").text("rot13"))
            }),
        ),
        (
            "exec-compiled",
            Pickle::new(4).call("builtins", "exec", |p| {
                p.call("builtins", "compile", |p| p.text("print('inert')").text("x").text("exec"))
            }),
        ),
        (
            "exec-marshalled",
            Pickle::new(4)
                .call("builtins", "exec", |p| p.call("marshal", "loads", |p| p.bytes(b"N"))),
        ),
        ("function-of-code", function()),
        ("lambda-of-cloudpickle", lambda()),
        (
            "bytes-only",
            Pickle::new(3)
                .bytes(&inner)
                .ops(&[Op::Pop])
                .call("pickle", "loads", |p| p.bytes(&inner)),
        ),
    ];
    let sample = |(name, pickle): (&str, Pickle)| {
        malicious("nested", &format!("nested-{name}"), pickle.stop())
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    for (name, protocol, length) in [
        ("line", 0, 9_000),
        ("long-line", 0, 200_000),
        ("text", 2, 9_000),
        ("long-text", 2, 200_000),
    ] {
        let long = |pickle| encoded_storage(protocol, pickle, length).stop();
        samples.push(malicious("nested", &format!("nested-encoded-{name}"), long(&inner)));
        let what = format!("nested-encoded-{name}");
        let honest = long(&innocent());
        samples.push(Sample::benign(FORMAT, "nested", &what, "model.pkl", honest));
    }
    samples
}

/// A storage as protocols without bytes write it: this pickle behind a string
/// that is dropped, each byte as a character.
fn encoded_storage(protocol: u8, pickle: &[u8], length: usize) -> Pickle {
    let padding: Vec<u8> = (0..length).map(|place| (place * 7 % 256) as u8).collect();
    let inner =
        Pickle::new(3).bytes(&padding).ops(&[Op::Pop]).raw(pickle.get(2..).unwrap_or_default());
    let text: String = inner.cut().into_iter().map(char::from).collect();
    Pickle::new(protocol).call("torch.storage", "_load_from_bytes", |pickle| {
        pickle.call("_codecs", "encode", |pickle| match protocol {
            0 => pickle.raw(b"V").raw(&raw_unicode(&text)).raw(b"\n").text("latin1"),
            _ => pickle.long_text(&text).text("latin1"),
        })
    })
}

/// As Python's pickler writes text in lines.
fn raw_unicode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in text.chars() {
        match character {
            '\\' | '\0' | '\n' | '\r' | '\u{1a}' => {
                bytes.extend(format!("\\u{:04x}", u32::from(character)).into_bytes());
            }
            character => bytes.push(character as u8),
        }
    }
    bytes
}

fn through_file(module: &str, name: &str, inner: &[u8]) -> Pickle {
    Pickle::new(3)
        .call(module, name, |pickle| pickle.call("io", "BytesIO", |pickle| pickle.bytes(inner)))
}

fn unpacked(module: &str, name: &str, packed: &[u8]) -> Pickle {
    Pickle::new(3)
        .call("pickle", "loads", |pickle| pickle.call(module, name, |pickle| pickle.bytes(packed)))
}

fn executed(module: &str, name: &str, packed: &[u8]) -> Pickle {
    Pickle::new(3)
        .call("builtins", "exec", |pickle| pickle.call(module, name, |pickle| pickle.bytes(packed)))
}

fn function() -> Pickle {
    let pickle = Pickle::new(4).call("types", "FunctionType", |pickle| {
        let code = |pickle: Pickle| {
            let pickle = pickle.int(0).int(0).int(0).int(0).int(1).int(67).bytes(b"d\0S\0");
            pickle.ops(&[Op::EmptyTuple, Op::EmptyTuple, Op::EmptyTuple]).text("x").text("x")
        };
        pickle.call("types", "CodeType", code).dict(|pickle| pickle)
    });
    pickle.ops(&[Op::EmptyTuple, Op::Reduce])
}

fn lambda() -> Pickle {
    Pickle::new(4).call("cloudpickle.cloudpickle", "_make_function", |pickle| {
        let kind = |pickle: Pickle| pickle.text("CodeType");
        let pickle = pickle.call("cloudpickle.cloudpickle", "_builtin_type", kind);
        pickle.ops(&[Op::EmptyDict, Op::None, Op::None, Op::None])
    })
}

/// Compressed as zlib does.
pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Compressed as gzip does, without a name or time.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quad = |three: &[u8]| {
        let number = three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let number = number << (8 * (3 - three.len()));
        (0..4)
            .map(|place| match place <= three.len() {
                true => letters[(number >> (18 - 6 * place) & 63) as usize] as char,
                false => '=',
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(quad).collect()
}
