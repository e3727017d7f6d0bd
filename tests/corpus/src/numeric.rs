//! numpy's arrays of objects, and joblib's pickles with raw arrays between.

use crate::Sample;
use crate::container::stream;
use crate::container::zip::{Member, Zip};
use crate::pickle::assembler::{Op, Pickle};
use crate::pickle::{gzip, harmful, harmful_framed, innocent, zlib};

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = arrays();
    samples.extend(archives());
    samples.extend(joblib());
    samples
}

/// An array file: a version, what its header says, and what follows.
fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let width = if version == 1 { 2 } else { 4 };
    let begin = 8 + width;
    let length = (begin + header.len() + 1).next_multiple_of(64) - begin;
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    bytes.extend(&(length as u32).to_le_bytes()[..width]);
    bytes.extend(header.as_bytes());
    bytes.resize(begin + length - 1, b' ');
    bytes.push(b'\n');
    bytes.extend(data);
    bytes
}

fn header(kind: &str) -> String {
    format!("{{'descr': {kind}, 'fortran_order': False, 'shape': (2,), }}")
}

fn arrays() -> Vec<Sample> {
    let evil = harmful();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("object", npy(1, &header("'|O'"), &evil)),
        ("object-2", npy(2, &header("'|O'"), &evil)),
        ("object-3", npy(3, &header("'|O'"), &harmful_framed())),
        ("object-short", npy(1, &header("'O'"), &evil)),
        ("object-wide", npy(1, &header("'|O8'"), &evil)),
        ("object-field", npy(1, &header("[('a', '<f8'), ('b', '|O')]"), &evil)),
        ("object-nested-field", npy(1, &header("[('a', [('b', '|O')])]"), &evil)),
        ("object-spaced", npy(1, "{ 'descr' :\"|O\" ,'fortran_order':False,'shape':()}", &evil)),
        ("cut", npy(1, &header("'|O'"), &evil[..evil.len() - 1])),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("npy", "array of objects", what, "array.npy", bytes)
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let renamed = npy(1, &header("'|O'"), &harmful());
    samples.push(Sample::malicious("npy", "lying file name", "named", "weights.bin", renamed));
    let plain = npy(1, &header("'<f8'"), &[0; 16]);
    samples.push(Sample::benign("npy", "honest array", "numbers", "array.npy", plain));
    let objects = Pickle::new(3).call("numpy.core.multiarray", "_reconstruct", |pickle| {
        let pickle = pickle.global("numpy", "ndarray").tuple(|pickle| pickle.int(0));
        pickle.bytes(b"b")
    });
    let bytes = npy(1, &header("'|O'"), &objects.stop());
    samples.push(Sample::benign("npy", "honest array", "objects", "array.npy", bytes));
    samples
}

fn archives() -> Vec<Sample> {
    let array = npy(1, &header("'|O'"), &harmful());
    let plain = npy(1, &header("'<f8'"), &[0; 16]);
    let cases = [
        ("object", Zip::of([Member::stored("a.npy", &array)])),
        ("deflated", Zip::of([Member::deflated("a.npy", &array)])),
        ("second", Zip::of([Member::stored("a.npy", &plain), Member::stored("b.npy", &array)])),
        ("pickle", Zip::of([Member::stored("a.npy", &harmful())])),
        ("no-ending", Zip::of([Member::stored("a", &array)])),
        ("duplicate", Zip::of([Member::stored("a.npy", &plain), Member::stored("a.npy", &array)])),
    ];
    let sample = |(what, zip): (&str, Zip)| {
        Sample::malicious("npz", "array of objects", what, "arrays.npz", zip.build())
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let honest = Zip::of([Member::deflated("a.npy", &plain), Member::stored("b.npy", &plain)]);
    samples.push(Sample::benign("npz", "honest array", "plain", "arrays.npz", honest.build()));
    samples
}

/// As joblib writes an array: what it is, and then its bytes, right within the
/// pickle.
fn wrapped(pickle: Pickle, kind: &str, data: &[u8]) -> Pickle {
    let pickle = pickle.global("joblib.numpy_pickle", "NumpyArrayWrapper");
    let pickle = pickle.ops(&[Op::EmptyTuple, Op::NewObject]);
    let state = |pickle: Pickle| {
        let pickle = pickle.text("subclass").global("numpy", "ndarray");
        let pickle = pickle.text("shape").tuple(|pickle| pickle.int(4));
        let pickle = pickle.text("order").text("C").text("dtype");
        let pickle = pickle
            .call("numpy", "dtype", |pickle| pickle.text(kind).ops(&[Op::NewFalse, Op::NewTrue]));
        pickle.text("allow_mmap").ops(&[Op::NewFalse])
    };
    pickle.dict(state).ops(&[Op::Build]).raw(data)
}

fn joblib() -> Vec<Sample> {
    let call = |pickle: Pickle| pickle.call("posix", "system", |pickle| pickle.text("echo inert"));
    let behind = call(wrapped(Pickle::new(3), "f8", &[0x41; 32])).stop();
    let before = wrapped(call(Pickle::new(3)), "f8", &[0x41; 32]).stop();
    let dots = call(wrapped(Pickle::new(3), "f8", &[b'.'; 32])).stop();
    let objects = wrapped(Pickle::new(3), "O8", &harmful()).stop();
    let within = call(wrapped(Pickle::new(3), "O8", &innocent())).stop();
    let cases = [
        ("behind-an-array", behind.clone()),
        ("before-an-array", before),
        ("behind-an-array-of-dots", dots),
        ("array-of-objects", objects),
        ("behind-an-array-of-objects", within),
        ("plain", harmful()),
        ("zlib", zlib(&behind)),
        ("gzip", gzip(&behind)),
        ("xz", stream::xz(&behind)),
        ("lz4", stream::lz4(&behind)),
        ("old-zlib", old(&behind)),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("joblib", "joblib", what, "model.joblib", bytes)
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let honest = wrapped(Pickle::new(3), "f8", &[0x41; 32]).stop();
    samples.push(Sample::benign(
        "joblib",
        "honest joblib",
        "plain",
        "model.joblib",
        honest.clone(),
    ));
    samples.push(Sample::benign("joblib", "honest joblib", "old", "model.joblib", old(&honest)));
    samples
}

/// As joblib compressed before version 0.10: the size in hexadecimal, and what
/// zlib makes.
fn old(bytes: &[u8]) -> Vec<u8> {
    let size = format!("{:<19}", format!("0x{:x}", bytes.len()));
    [b"ZF".to_vec(), size.into_bytes(), zlib(bytes)].concat()
}
