use nix_ai_model_scan_walk::Level;
use proptest::prelude::*;

use super::Safetensors;
use crate::testing::{fails, found};

fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn rules(header: &str, data: &[u8]) -> Vec<String> {
    let found = found(&Safetensors, "model.safetensors", &file(header, data));
    found.into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn what_libraries_write_is_clean() {
    assert!(rules(r#"{}"#, b"").is_empty());
    let header = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "b":{"dtype":"I8","shape":[],"data_offsets":[8,9]},"c":{"dtype":"F4","shape":[2,0],"data_offsets":[9,9]}}   "#;
    assert_eq!(rules(header, &[0; 9]), Vec::<String>::new());
}

#[test]
fn each_lie_has_its_rule() {
    let tensor =
        |rest: &str| format!(r#"{{"a":{{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{rest}}}"#);
    for (header, size, rule) in [
        (tensor(""), 9, "safetensors/unclaimed-bytes"),
        (tensor(""), 7, "safetensors/false-layout"),
        (
            tensor(r#","a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}"#),
            8,
            "safetensors/duplicate-name",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#),
            8,
            "safetensors/false-layout",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}"#),
            16,
            "safetensors/unclaimed-bytes",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[9],"data_offsets":[8,12]}"#),
            12,
            "safetensors/false-layout",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[8,8]}"#),
            8,
            "safetensors/false-layout",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[8,8]}"#),
            8,
            "safetensors/false-layout",
        ),
        (
            tensor(r#","b":{"dtype":"OBJ","shape":[0],"data_offsets":[8,8]}"#),
            8,
            "safetensors/unknown-type",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[0],"data_offsets":[8,8],"x":[{}]}"#),
            8,
            "safetensors/unknown-key",
        ),
        (
            tensor(r#","b":{"dtype":"F32","dtype":"F16","shape":[0],"data_offsets":[8,8]}"#),
            8,
            "safetensors/duplicate-name",
        ),
        (
            tensor(r#","b":{"dtype":"F32","shape":[0],"data_offsets":[9,8]}"#),
            8,
            "safetensors/false-layout",
        ),
        (tensor(r#","__metadata__":{"a":{"b":1}}"#), 8, "safetensors/false-metadata"),
        (tensor(r#","__metadata__":{"a":"__import__('os')"}"#), 8, "safetensors/code-in-metadata"),
        (tensor(r#","b":{"dtype":"F32","shape":[-1],"data_offsets":[8,8]}"#), 8, "scan/broken"),
        (tensor(r#","b":{"dtype":"F32","shape":[0]}"#), 8, "scan/broken"),
        (tensor(r#","__metadata__":[]"#), 8, "scan/broken"),
        (
            tensor(r#","../b":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}"#),
            8,
            "safetensors/code-in-metadata",
        ),
        (
            tensor(r#","a\u0000":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}"#),
            8,
            "safetensors/code-in-metadata",
        ),
        (tensor("} x"), 8, "scan/broken"),
        (" {}".to_owned(), 0, "scan/broken"),
        ("[]".to_owned(), 0, "scan/broken"),
    ] {
        assert_eq!(
            rules(&header, &vec![0; size]).first().map(String::as_str),
            Some(rule),
            "{header}"
        );
    }
}

#[test]
fn a_header_beyond_the_file_is_told() {
    for length in [0, 3, 100_000_001, u64::MAX] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend(b"{}");
        assert!(fails(&found(&Safetensors, "a.safetensors", &bytes)), "{length}");
    }
    assert!(fails(&found(&Safetensors, "a.safetensors", b"1234")));
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n";
    assert!(found(&Safetensors, "a.safetensors", pointer).is_empty());
}

#[test]
fn content_decides_without_a_name() {
    let lie = file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, &[0; 99]);
    assert!(fails(&found(&Safetensors, "model.bin", &lie)));
    assert!(!fails(&found(&Safetensors, "model.bin", b"{\"a\": 1} and some text")));
}

#[test]
fn a_file_in_a_tensor_is_handed_over() {
    let mut data = b"\x7fELF".to_vec();
    data.resize(100, 0);
    let bytes = file(r#"{"a":{"dtype":"U8","shape":[100],"data_offsets":[0,100]}}"#, &data);
    let found = found(&Safetensors, "a.safetensors", &bytes);
    assert_eq!(found, [("safetensors/file-in-tensor".to_owned(), Level::Medium)]);
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300), json in ".{0,200}") {
        found(&Safetensors, "a.safetensors", &bytes);
        found(&Safetensors, "a.safetensors", &file(&json, &bytes));
    }

    #[test]
    fn any_change_of_a_file_does_no_harm(place in 0_usize..200, byte in any::<u8>()) {
        let mut bytes = file(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"x":"y"}}"#, &[0; 8]);
        let place = place % bytes.len();
        bytes[place] = byte;
        found(&Safetensors, "a.safetensors", &bytes);
    }
}
