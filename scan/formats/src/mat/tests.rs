#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::Write;

use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;

use super::Mat;
use crate::java::Java;
use crate::testing::{fails, found, found_by};

fn file(elements: &[u8]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file Platform: posix".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(elements);
    bytes
}

fn array(class: u8) -> Vec<u8> {
    let flags = [6, 0, 0, 0, 8, 0, 0, 0, class, 0, 0, 0, 0, 0, 0, 0];
    [&[14, 0, 0, 0, 16, 0, 0, 0], flags.as_slice()].concat()
}

/// An element with its tag, padded.
fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), u32::try_from(data.len()).unwrap().to_le_bytes()].concat();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// An array of the class with what follows its flags.
fn filled(class: u8, elements: &[Vec<u8>]) -> Vec<u8> {
    let flags = element(6, &[class, 0, 0, 0, 0, 0, 0, 0]);
    element(14, &[vec![flags], elements.to_vec()].concat().concat())
}

fn sizes() -> Vec<u8> {
    element(5, &[1, 0, 0, 0, 1, 0, 0, 0])
}

fn object(system: &str, class: &str, held: Vec<u8>) -> Vec<u8> {
    let [name, system, class] = ["a", system, class].map(|text| element(1, text.as_bytes()));
    filled(17, &[name, system, class, held])
}

fn bytes(data: &[u8]) -> Vec<u8> {
    filled(9, &[sizes(), element(1, b""), element(2, data)])
}

fn packed(array: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(array).unwrap();
    let packed = packed.finish().unwrap();
    let mut element = element(15, &packed);
    element.truncate(8 + packed.len());
    element
}

#[test]
fn objects_among_arrays_are_told() {
    assert_eq!(found(&Mat, "a.mat", &file(&[array(6), array(4)].concat())), []);
    let own = object("MCOS", "string", filled(13, &[sizes()]));
    assert_eq!(found(&Mat, "a.mat", &file(&[own.clone(), packed(&own)].concat())), []);
    let other = object("MCOS", "Net", filled(13, &[sizes()]));
    let told = found(&Mat, "a.mat", &file(&[array(6), other, array(16)].concat()));
    let levels: Vec<_> = told.iter().map(|(_, level)| *level).collect();
    assert_eq!(levels, [Level::Medium, Level::Low]);
    assert!(fails(&found(&Mat, "a.mat", &file(&array(6)[..20]))));
}

#[test]
fn streams_of_java_are_handed_over() {
    let mut stream = b"\xac\xed\0\x05sr\0\x34".to_vec();
    stream.extend(b"org.apache.commons.collections.keyvalue.TiedMapEntry");
    let java = object("java", "java.util.HashMap", bytes(&stream));
    let nested = filled(1, &[sizes(), element(1, b"c"), java.clone()]);
    let behind = bytes(&[b"\0\x01IM\0\0\0\0", stream.as_slice()].concat());
    for array in [java, nested, behind, bytes(&stream)] {
        for element in [packed(&array), array] {
            let told = found_by(&[&Mat, &Java], "a.mat", &file(&element));
            assert!(told.iter().any(|(rule, _)| rule == "java/dangerous-class"), "{told:?}");
        }
    }
    assert_eq!(found_by(&[&Mat, &Java], "a.mat", &file(&bytes(b"plain numbers"))), []);
}

#[test]
fn function_handles_are_judged_by_what_they_call() {
    let handle = |text: &str| {
        let text = filled(4, &[sizes(), element(1, b""), element(16, text.as_bytes())]);
        filled(16, &[sizes(), element(1, b"f"), filled(2, &[sizes(), element(1, b""), text])])
    };
    for text in ["sf%0@(x)system('echo inert')", "sf%0@() java.lang.Runtime.getRuntime()"] {
        assert!(fails(&found(&Mat, "a.mat", &file(&packed(&handle(text))))), "{text}");
    }
    for text in ["sf%0@(x)a*x.^2", "sf%0@(x)mysystem(x)", "sf%0@(x)feval(f,x)"] {
        assert!(!fails(&found(&Mat, "a.mat", &file(&packed(&handle(text))))), "{text}");
    }
}

proptest! {
    #[test]
    fn any_elements_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        found(&Mat, "a.mat", &file(&bytes));
        found(&Mat, "a.mat", &file(&element(14, &bytes)));
        found(&Mat, "a.mat", &file(&filled(17, &[bytes])));
    }
}
