use proptest::prelude::*;

use super::CoreMl;
use crate::protobuf::making::Message;
use crate::testing::{fails, found};

fn model() -> Message {
    let metadata = Message::new().bytes(3, "somebody").pair(
        100,
        "com.github.apple.coremltools.version",
        "9.0",
    );
    let input = Message::new().bytes(1, "x");
    Message::new().number(1, 4).message(2, Message::new().message(1, input).message(100, metadata))
}

fn network(layer: Message) -> Message {
    model().message(500, Message::new().message(1, layer))
}

fn program(path: &str) -> Message {
    let blob = Message::new().message(5, Message::new().bytes(1, path).number(2, 64));
    let operation = Message::new()
        .bytes(1, "const")
        .message(5, Message::new().bytes(1, "val").message(2, blob));
    let block = Message::new().message(3, operation);
    let function = Message::new().message(3, Message::new().bytes(1, "CoreML5").message(2, block));
    model().message(
        502,
        Message::new()
            .number(1, 1)
            .message(2, Message::new().bytes(1, "main").message(2, function)),
    )
}

fn link(path: &str) -> Message {
    let parameter = Message::new().bytes(1, path);
    model().message(556, Message::new().message(1, Message::new().message(1, parameter)))
}

#[test]
fn what_converters_write_is_clean() {
    for model in [network(Message::new().bytes(1, "ip")), program("@model_path/weights/weight.bin")]
    {
        assert!(found(&CoreMl, "a.mlmodel", &model.0).is_empty());
        assert!(found(&CoreMl, "a.bin", &model.0).is_empty());
    }
    assert!(!fails(&found(&CoreMl, "a.mlmodel", &link("part.mlmodelc").0)));
}

#[test]
fn each_danger_has_its_rule() {
    let custom = Message::new().bytes(10, "Evil");
    let layer = network(Message::new().message(500, custom.clone()));
    let parameter = Message::new().bytes(1, "c").message(2, Message::new().bytes(20, "#!/bin/sh"));
    let branch = Message::new().message(
        605,
        Message::new()
            .message(2, Message::new().message(1, Message::new().message(500, custom.clone()))),
    );
    for (model, rule) in [
        (layer.clone(), "coreml/custom-class"),
        (network(branch), "coreml/custom-class"),
        (model().message(555, custom.clone()), "coreml/custom-class"),
        (model().message(202, Message::new().message(1, layer.clone())), "coreml/custom-class"),
        (
            model().message(200, Message::new().message(1, Message::new().message(1, layer))),
            "coreml/custom-class",
        ),
        (model().message(555, custom.message(30, parameter)), "coreml/code-in-metadata"),
        (
            model().message(
                2,
                Message::new().message(100, Message::new().pair(100, "a", "__import__('os')")),
            ),
            "coreml/code-in-metadata",
        ),
        (link("../../x.mlmodelc"), "coreml/outside-file"),
        (program("@model_path/../../../etc/passwd"), "coreml/outside-file"),
        (program("/etc/passwd"), "coreml/outside-file"),
        (Message(vec![8, 4, 18, 99]), "scan/broken"),
    ] {
        let all = found(&CoreMl, "a.mlmodel", &model.0);
        assert!(fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&CoreMl, "a.mlmodel", &bytes);
        found(&CoreMl, "a.mlmodel", &network(Message(bytes)).0);
    }
}
