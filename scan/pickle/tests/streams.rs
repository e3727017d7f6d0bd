//! Files that hold more than one pickle: streams, torch's, joblib's and NumPy's.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_scan_pickle::READERS;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::{Expand, Stream};
use nix_ai_model_scan_walk::{Budget, Head, Level, Part, Reader, Result, Scan, scan};
use nix_ai_model_sdk::Finding;
use nix_ai_model_sdk::testing::ScriptedFiles;

const CALL: &[u8] = b"cos\nsystem\n(S'echo inert'\ntR.";
const CLEAN: &[u8] = b"\x80\x02}q\x00U\x01aK\x01s.";

fn findings(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let files = ScriptedFiles::new().file(name, bytes);
    scan(&files, READERS, Budget::default()).findings
}

#[track_caller]
fn assert_call(name: &str, bytes: &[u8]) {
    let found = findings(name, bytes);
    assert!(found.iter().any(|found| found.level == Level::Critical), "{found:#?}");
}

#[track_caller]
fn assert_clean(name: &str, bytes: &[u8]) {
    let found = findings(name, bytes);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn every_pickle_of_a_stream_is_read() {
    for between in [&b""[..], b"\0\0\0\0", b"\n", &[0; 3000]] {
        assert_clean("a.pkl", &[CLEAN, between, CLEAN].concat());
        assert_call("a.pkl", &[CLEAN, between, CLEAN, between, CALL].concat());
    }
    assert_call("a.pkl", &[b"N.I1\n.", CALL].concat());
}

#[test]
fn pickles_in_trailing_data_are_found() {
    let junk = b"\x01\x02\x03 not a pickle \xff\xfe".repeat(2000);
    let hidden = b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.";
    for pickle in [CALL, hidden] {
        assert_call("a.pkl", &[CLEAN, &junk, pickle].concat());
    }
    let found = findings("a.pkl", &[CLEAN, &junk].concat());
    assert!(found.iter().all(|found| found.level == Level::Low), "{found:#?}");
}

#[test]
fn one_unpickler_may_read_a_whole_stream() {
    // The second pickle speaks of what the first one put into the memo.
    let first = b"\x80\x02cos\nsystem\nq\x00.";
    assert_call("a.pkl", &[&first[..], b"\x80\x02h\x00U\x04echo\x85R."].concat());
    let first = b"\x80\x04\x8c\x06system\x94.";
    let second = b"\x80\x04\x8c\x02os\x94h\x00\x93\x94\x8c\x04echo\x94\x85R.";
    assert_call("a.pkl", &[&first[..], second].concat());
}

fn legacy(object: &[u8], storages: &[u8]) -> Vec<u8> {
    [
        &b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}q\x00."[..],
        object,
        b"\x80\x02]q\x00X\x01\0\0\x000q\x01a.",
        storages,
    ]
    .concat()
}

const TENSOR: &[u8] = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\nq\0((X\x07\0\0\0storageq\x01ctorch\nFloatStorage\nq\x02X\x01\0\0\x000q\x03X\x03\0\0\0cpuq\x04K\x02Ntq\x05QK\0K\x02\x85q\x06K\x01\x85q\x07\x89ccollections\nOrderedDict\nq\x08)Rq\ttq\nRq\x0b.";

#[test]
fn legacy_torch_files_of_every_protocol_are_known() {
    let storage = [&2_u64.to_le_bytes()[..], &[0xff; 8]].concat();
    let file = legacy(TENSOR, &storage);
    let rest = &file[15..];
    for begin in [
        &b"\x80\x04\x95\x0d\0\0\0\0\0\0\0\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."[..],
        b"L119547037146038801333356L\n.",
    ] {
        assert_clean("a.pt", &[begin, rest].concat());
    }
}

#[test]
fn legacy_torch_files_are_read_to_their_storages() {
    let storage = [&2_u64.to_le_bytes()[..], &[0x80, 2, b'c', b'o', b's', b'\n', 0, 0]].concat();
    assert_clean("a.pt", &legacy(TENSOR, &storage));
    assert_call("a.pt", &legacy(CALL, &storage));
    // What begins like no pickle in any one of the five is followed all the same.
    let late = [&b"X\x88\x13\0\0"[..], &[b'a'; 5000], b"0", CALL].concat();
    assert_call("a.pt", &legacy(&late, &storage));
    assert_call("a.pt", &legacy(TENSOR, &[&storage[..], CALL].concat()));
}

/// A joblib file of one array of two elements of eight bytes.
fn joblib(dtype: &[u8], array: &[u8]) -> Vec<u8> {
    [
        &b"\x80\x02}(U\x01acjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(U\x05shapeK\x02\x85U\x05dtypecnumpy\ndtype\n"[..],
        dtype,
        b"\x89\x88\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbU\x1bnumpy_array_alignment_bytesK\x10ub",
        array,
    ]
    .concat()
}

#[test]
fn arrays_in_joblib_files_are_passed_over() {
    let array = [&[3, 0xff, 0xff, 0xff][..], &[0x2e; 16]].concat();
    assert_clean("a.joblib", &[joblib(b"U\x02f8", &array), b"U\x01bK\x01u.".to_vec()].concat());
    let rest = [b"U\x01b", &CALL[..CALL.len() - 1], b"u."].concat();
    assert_call("a.joblib", &[joblib(b"U\x02f8", &array), rest].concat());
    // Objects are a pickle of their own.
    let objects = [CLEAN, b"U\x01bK\x01u."].concat();
    assert_clean("a.joblib", &joblib(b"U\x02O8", &objects));
    assert_call("a.joblib", &joblib(b"U\x02O8", &[CALL, b"U\x01bK\x01u."].concat()));
}

#[test]
fn an_array_that_is_a_pickle_for_others_is_read_both_ways() {
    // For joblib its first byte says that 99 bytes of padding follow.
    let mut array = b"cos\nsystem\nU\x01x\x85R.".to_vec();
    array.resize(1 + 99 + 16, b'.');
    assert_call("a.joblib", &[joblib(b"U\x02f8", &array), b"U\x01bK\x01u.".to_vec()].concat());
}

fn npy(version: u8, header: &str, rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    let length = header.len() as u32;
    bytes.extend(&length.to_le_bytes()[..if version == 1 { 2 } else { 4 }]);
    bytes.extend(header.as_bytes());
    bytes.extend(rest);
    bytes
}

#[test]
fn numpy_arrays_of_objects_are_pickles() {
    for (version, descr) in [
        (1, "'|O'"),
        (2, "'O'"),
        (3, "[('a', '<i4'), ('b', '|O')]"),
        (1, "[('a', [('b', '|O', (2,))])]"),
        (1, "('|O', (2,))"),
        (1, "u'object'"),
        (1, "'f8,O'"),
    ] {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}  \n");
        assert_call("a.npy", &npy(version, &header, CALL));
        let found = findings("a.npy", &npy(version, &header, CLEAN));
        assert!(found.iter().all(|found| found.level == Level::Low), "{found:#?}");
        assert!(!found.is_empty());
    }
}

#[test]
fn numpy_arrays_of_numbers_are_clean() {
    for (descr, bytes) in [
        ("'<f4'", 8),
        ("'|b1'", 2),
        ("'<U3'", 24),
        ("'<M8[ns]'", 16),
        ("[('Object', '<i4'), ('b', '<f8', (2,))]", 40),
        ("'|V5'", 10),
        ("'<c16'", 32),
    ] {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}\n");
        let array = npy(1, &header, &vec![7; bytes]);
        assert_clean("a.npy", &array);
        assert_clean("a.npy", &[&array[..], &array].concat());
        assert_call("a.npy", &[&array[..], CALL].concat());
        let cut = findings("a.npy", &array[..array.len() - 1]);
        assert_eq!(cut[0].level, Level::Unjudged);
    }
}

#[test]
fn numpy_headers_that_are_none_are_not_passed_over() {
    for header in [
        "",
        "{'descr': '<f4'}",
        "{'descr': __import__('os').system('echo'), 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} + 1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999)}",
    ] {
        let found = findings("a.npy", &npy(1, header, &[0; 8]));
        let bad = [Level::Unjudged, Level::High];
        assert!(found.iter().any(|found| bad.contains(&found.level)), "{header}: {found:#?}");
    }
    let nested = "(".repeat(100_000);
    assert!(!findings("a.npy", &npy(2, &nested, b"")).is_empty());
}

/// Hands over what files hold as what a decompressor would make.
struct Unpacked;

struct Bytes {
    bytes: Vec<u8>,
    next: usize,
}

impl Expand for Bytes {
    fn expand(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = buffer.len().min(self.bytes.len() - self.next).min(1000);
        buffer[..length].copy_from_slice(&self.bytes[self.next..self.next + length]);
        self.next += length;
        Ok(length)
    }
}

impl Reader for Unpacked {
    fn format(&self) -> &'static str {
        "packed file"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"PACKED")
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = usize::try_from(part.view().size()?).unwrap();
        let bytes = part.view().bytes(6, size)?;
        let start = move || -> Result<Box<dyn Expand + 'a>> {
            Ok(Box::new(Bytes { bytes: bytes.clone(), next: 0 }))
        };
        scan.part(&part.within("inner.pkl", Rc::new(Stream::new(start))));
        Ok(())
    }
}

#[test]
fn what_cannot_be_read_again_is_read_like_a_file() {
    let memo = &b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x940"[..];
    let call = b"h\x00h\x01\x93\x8c\x04echo\x85R.";
    for between in [Vec::new(), b"N0".repeat(500_000), b"\x8c\x05words0".repeat(400_000)] {
        let bytes = [b"PACKED", memo, &between, call].concat();
        let files = ScriptedFiles::new().file("a.z", bytes);
        let readers: Vec<&dyn Reader> = READERS.iter().copied().chain([&Unpacked as _]).collect();
        let found = scan(&files, &readers, Budget::default()).findings;
        let call = found.iter().find(|found| found.rule == "pickle/dangerous-call");
        assert!(call.is_some_and(|call| call.message.contains("os.system")), "{found:#?}");
    }
}

#[test]
fn a_text_that_begins_like_a_pickle_is_none() {
    let text = b"Code of Conduct\n===============\n\nFacebook has adopted a Code of Conduct that we expect project participants to adhere to. Please read it.";
    assert!(findings("CODE_OF_CONDUCT.rst", text).is_empty());
}
