//! ONNX: data in other files, subgraphs, operators of others.

use super::protobuf::Message;
use crate::Sample;

const FORMAT: &str = "onnx";

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (what, location) in [
        ("up", "../../inert.bin"),
        ("up-inside", "data/../../inert.bin"),
        ("absolute", "/nonexistent/inert.bin"),
        ("backslash", "..\\..\\inert.bin"),
        ("drive", "C:\\nonexistent\\inert.bin"),
        ("share", "\\\\inert.invalid\\inert.bin"),
        ("url", "http://inert.invalid/inert.bin"),
        ("file-url", "file:///nonexistent/inert.bin"),
        ("proc", "/proc/self/environ"),
    ] {
        let tensor = external(location);
        let places = [
            ("initializer", graph().message(5, tensor.clone())),
            ("constant", graph().message(1, constant(tensor.clone()))),
            (
                "subgraph",
                graph().message(1, conditional(Message::new().message(5, tensor.clone()))),
            ),
            ("sparse", graph().message(15, Message::new().message(1, tensor.clone()))),
        ];
        for (place, graph) in places {
            let what = format!("external-{what}-{place}");
            let bytes = model(graph).0;
            samples.push(Sample::malicious(FORMAT, "external data", &what, "model.onnx", bytes));
        }
        let function = Message::new().bytes(1, "f").bytes(10, "inert").message(7, constant(tensor));
        let bytes = model(graph()).message(25, function).0;
        let what = format!("external-{what}-function");
        samples.push(Sample::malicious(FORMAT, "external data", &what, "model.onnx", bytes));
    }
    let python = |name: &str, domain: &str| {
        let node = Message::new().bytes(1, "x").bytes(2, "y").bytes(4, name).bytes(7, domain);
        model(graph().message(1, node)).message(8, Message::new().bytes(1, domain).number(2, 1)).0
    };
    let contrib = python("PyOp", "ai.onnx.contrib");
    samples.push(Sample::malicious(FORMAT, "python operator", "pyop", "model.onnx", contrib));
    let named = model(graph().message(5, external("../../inert.bin"))).0;
    samples.push(Sample::malicious(FORMAT, "lying file name", "named-bin", "model.bin", named));
    let padding = Message::new().bytes(999, vec![0; 100_000]);
    let behind = model(graph().message(5, external("../../inert.bin"))).0;
    let behind = [padding.0, behind].concat();
    samples.push(Sample::malicious(
        FORMAT,
        "external data",
        "behind-an-unknown-field",
        "model.onnx",
        behind,
    ));
    samples.extend(benign());
    samples
}

fn benign() -> Vec<Sample> {
    let plain = model(graph()).0;
    let beside = model(graph().message(5, external("model.onnx.data"))).0;
    let family = "honest onnx";
    let beside = Sample::benign(FORMAT, family, "external", "model.onnx", beside);
    vec![
        Sample::benign(FORMAT, family, "plain", "model.onnx", plain),
        beside.with("model.onnx.data", vec![0; 64]),
    ]
}

fn model(graph: Message) -> Message {
    let opset = Message::new().bytes(1, "").number(2, 17);
    Message::new().number(1, 8).bytes(2, "pytorch").message(7, graph).message(8, opset)
}

fn graph() -> Message {
    let relu = Message::new().bytes(1, "x").bytes(2, "y").bytes(3, "relu").bytes(4, "Relu");
    let shape = Message::new().message(1, Message::new().number(1, 4));
    let kind = Message::new().message(1, Message::new().number(1, 1).message(2, shape));
    let value = |name: &str| Message::new().bytes(1, name).message(2, kind.clone());
    let graph = Message::new().message(1, relu).bytes(2, "main");
    graph.message(11, value("x")).message(12, value("y"))
}

fn external(location: &str) -> Message {
    let entry = |key: &str, value: &str| Message::new().bytes(1, key).bytes(2, value);
    let tensor = Message::new().number(1, 4).number(2, 1).bytes(8, "weight");
    let tensor = tensor.message(13, entry("location", location)).message(13, entry("offset", "0"));
    tensor.message(13, entry("length", "16")).number(14, 1)
}

fn constant(tensor: Message) -> Message {
    let value = Message::new().bytes(1, "value").message(5, tensor).number(20, 4);
    Message::new().bytes(2, "c").bytes(4, "Constant").message(5, value)
}

fn conditional(branch: Message) -> Message {
    let branch = Message::new().bytes(1, "then_branch").message(6, branch).number(20, 5);
    Message::new().bytes(1, "x").bytes(2, "z").bytes(4, "If").message(5, branch)
}
