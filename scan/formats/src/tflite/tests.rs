use proptest::prelude::*;

use super::TfLite;
use crate::flatbuffer::making::{Field, Field::*, buffer};
use crate::testing::{fails, found};

/// A model in the making: one graph of one operator.
#[derive(Clone)]
struct Made {
    custom: &'static str,
    shape: Vec<u32>,
    buffer: u32,
    kind: u32,
    inputs: Vec<u32>,
    options: (u8, Vec<Field>),
    own: &'static str,
}

fn good() -> Made {
    Made {
        custom: "",
        shape: vec![2],
        buffer: 1,
        kind: 0,
        inputs: vec![0, u32::MAX],
        options: (1, vec![None, Number(1), Number(1)]),
        own: "",
    }
}

impl Made {
    fn done(self) -> Vec<u8> {
        let tensor = vec![Numbers(self.shape), None, Number(self.buffer), Text("t".into())];
        let operator = vec![
            Number(self.kind),
            Numbers(self.inputs),
            Numbers(vec![0]),
            Byte(self.options.0),
            Table(self.options.1),
            Text(self.own.into()),
        ];
        let graph =
            vec![Tables(vec![tensor]), Numbers(vec![0]), Numbers(vec![0]), Tables(vec![operator])];
        let code =
            vec![Byte(3), if self.custom.is_empty() { None } else { Text(self.custom.into()) }];
        let buffers = vec![vec![None], vec![Text("12345678".into())]];
        buffer(
            b"TFL3",
            &[Number(3), Tables(vec![code]), Tables(vec![graph]), None, Tables(buffers)],
        )
    }
}

#[test]
fn what_converters_write_is_clean() {
    assert!(found(&TfLite, "a.tflite", &good().done()).is_empty());
    let custom = Made { custom: "TFLite_Detection_PostProcess", ..good() };
    assert!(!fails(&found(&TfLite, "a.tflite", &custom.done())));
    let flex = Made { custom: "FlexErf", own: "Erf", ..good() };
    assert!(found(&TfLite, "a.bin", &flex.done()).is_empty());
}

#[test]
fn each_danger_has_its_rule() {
    for (made, rule) in [
        (Made { custom: "FlexWriteFile", ..good() }, "tflite/dangerous-operator"),
        (Made { custom: "FlexPyFunc", ..good() }, "tflite/dangerous-operator"),
        (
            Made { custom: "FlexErf", own: "\u{6}Erf\u{12}\u{8}ReadFile", ..good() },
            "tflite/dangerous-operator",
        ),
        (Made { custom: "ShellExec", ..good() }, "tflite/custom-operator"),
        (Made { shape: vec![3], ..good() }, "tflite/false-tensor"),
        (Made { shape: vec![u32::MAX], ..good() }, "tflite/false-tensor"),
        (Made { shape: vec![1 << 16, 1 << 16], buffer: 0, ..good() }, "tflite/false-tensor"),
        (Made { shape: vec![u32::MAX - 5], ..good() }, "tflite/false-tensor"),
        (Made { shape: vec![1 << 30; 4], ..good() }, "tflite/false-tensor"),
        (Made { buffer: 2, ..good() }, "tflite/false-index"),
        (Made { kind: 1, ..good() }, "tflite/false-index"),
        (Made { inputs: vec![7], ..good() }, "tflite/false-index"),
        (Made { options: (93, vec![Number(0), Number(0)]), ..good() }, "tflite/false-index"),
        (Made { options: (92, vec![Number(9), Number(9)]), ..good() }, "tflite/false-index"),
        (Made { options: (1, vec![None]), ..good() }, "tflite/zero-parameter"),
        (Made { options: (94, vec![Number(0)]), ..good() }, "tflite/zero-parameter"),
    ] {
        let all = found(&TfLite, "a.tflite", &made.done());
        assert!(fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
    }
}

#[test]
fn what_is_broken_is_told() {
    for bytes in [&b""[..], b"\x08\0\0\0TFL3", b"\xff\xff\xff\xffTFL3", b"not a model at all"] {
        assert!(fails(&found(&TfLite, "a.tflite", bytes)));
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&TfLite, "a.tflite", &[b"\x10\0\0\0TFL3", &bytes[..]].concat());
    }

    #[test]
    fn any_change_of_a_file_does_no_harm(places in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = good().done();
        for (place, byte) in places {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        found(&TfLite, "a.tflite", &bytes);
    }
}
