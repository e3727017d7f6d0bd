//! Pickles that hold pickles, for a loader that they call.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::assembler::{Op, Pickle};
use super::{harmful, malicious};
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
    cases.into_iter().map(sample).collect()
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
