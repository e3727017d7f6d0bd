use proptest::prelude::*;

use super::Onnx;
use crate::protobuf::making::Message;
use crate::testing::{fails, found};

fn node(domain: &str, kind: &str) -> Message {
    Message::new().bytes(1, "x").bytes(2, "y").bytes(4, kind).bytes(7, domain)
}

fn tensor() -> Message {
    Message::new().number(1, 2).number(2, 1).bytes(8, "w").bytes(9, [0; 8])
}

fn model(graph: Message) -> Message {
    let opset = Message::new().bytes(1, "").number(2, 18);
    Message::new().number(1, 9).bytes(2, "pytorch").message(7, graph).message(8, opset)
}

fn good() -> Message {
    Message::new().message(1, node("", "Relu")).bytes(2, "main").message(5, tensor())
}

fn rules(model: Message) -> Vec<String> {
    found(&Onnx, "model.onnx", &model.0).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn what_exporters_write_is_clean() {
    assert_eq!(rules(model(good())), Vec::<String>::new());
    let external = Message::new().number(1, 4).number(2, 1).pair(13, "location", "model.onnx.data");
    let external = external.pair(13, "offset", "0").pair(13, "length", "16").number(14, 1);
    assert_eq!(rules(model(good().message(5, external))), Vec::<String>::new());
    let function = Message::new().bytes(1, "f").message(7, node("", "Relu")).bytes(10, "mine");
    let own = model(good().message(1, node("mine", "f"))).message(25, function);
    assert_eq!(rules(own), Vec::<String>::new());
}

#[test]
fn each_danger_has_its_rule() {
    let with = |node: Message| model(good().message(1, node));
    let place = |key: &str, value: &str| {
        model(good().message(5, Message::new().number(1, 1).number(2, 1).pair(13, key, value)))
    };
    let inner = Message::new().message(1, node("ai.onnx.contrib", "PyOp"));
    let branch =
        node("", "If").message(5, Message::new().bytes(1, "then").message(6, inner.clone()));
    for (model, rule) in [
        (with(node("ai.onnx.contrib", "PyOp")), "onnx/python-operator"),
        (with(node("com.microsoft", "PythonOp")), "onnx/python-operator"),
        (with(branch), "onnx/python-operator"),
        (
            model(good()).message(25, Message::new().bytes(10, "f").message(7, node("", "PyOp"))),
            "onnx/python-operator",
        ),
        (model(good()).message(20, Message::new().message(2, inner)), "onnx/python-operator"),
        (with(node("", "PythonScript")), "onnx/python-operator"),
        (with(node("com.microsoft.extensions", "AzureTextToChat")), "onnx/network-operator"),
        (with(node("", "ExecShell")), "onnx/custom-operator"),
        (with(node("evil", "Relu")), "onnx/custom-operator"),
        (place("location", "/etc/passwd"), "onnx/external-path"),
        (place("location", "../../secret"), "onnx/external-path"),
        (place("location", "file:///etc/passwd"), "onnx/external-path"),
        (place("location", "*/_ORT_MEM_ADDR_/*"), "onnx/external-path"),
        (place("offset", "-1"), "onnx/false-reference"),
        (place("__class__", "x"), "onnx/false-reference"),
        (model(good().message(5, tensor().number(1, 1 << 40))), "onnx/false-tensor"),
        (model(good().message(5, tensor().number(1, u64::MAX))), "onnx/false-tensor"),
        (
            model(good().message(5, Message::new().number(1, 9).number(2, 1).bytes(4, [0; 8]))),
            "onnx/false-tensor",
        ),
        (model(good().message(5, tensor().bytes(8, "../../x"))), "onnx/false-tensor"),
        (model(good()).pair(14, "x", "__import__('os').system('echo inert')"), "onnx/code-in-text"),
        (model(good()).bytes(6, "<script>alert(1)</script>"), "onnx/code-in-text"),
        (model(good()).bytes(99, b"\x7fELF\x02\x01\x01\0\0\0"), "onnx/hidden-file"),
        (model(Message(vec![0x0a, 99])), "scan/broken"),
        (Message(vec![0x08, 1, 0x3a, 99]), "scan/broken"),
        (Message::new().number(1, 1), "onnx/no-graph"),
    ] {
        let all = found(&Onnx, "model.onnx", &model.0);
        assert!(fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
    }
}

#[test]
fn constants_that_no_memory_holds_are_told() {
    let shape = |sizes: &[i64]| {
        let raw: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        let tensor = Message::new().number(1, sizes.len() as u64).number(2, 7);
        tensor.bytes(8, "s").bytes(9, raw)
    };
    let call = |kind: &str, inputs: &[&str]| {
        let node = inputs.iter().fold(Message::new(), |node, input| node.bytes(1, input));
        node.bytes(2, "y").bytes(4, kind)
    };
    let graph = |kind: &str, inputs: &[&str], sizes: &[i64]| {
        model(good().message(1, call(kind, inputs)).message(5, shape(sizes)))
    };
    for (kind, inputs) in
        [("ConstantOfShape", &["s"][..]), ("Expand", &["x", "s"]), ("Tile", &["x", "s"])]
    {
        assert_eq!(
            rules(graph(kind, inputs, &[1 << 20, 1 << 21])),
            ["onnx/huge-constant"],
            "{kind}"
        );
        assert_eq!(rules(graph(kind, inputs, &[1, 1024, 1024])), Vec::<String>::new(), "{kind}");
        assert_eq!(rules(graph(kind, inputs, &[-1, i64::MAX])), Vec::<String>::new(), "{kind}");
    }
    let mut chain = good().message(5, shape(&[1024]));
    for step in 0..5 {
        let tile = Message::new().bytes(1, format!("t{step}")).bytes(1, "s");
        chain = chain.message(1, tile.bytes(2, format!("t{}", step + 1)).bytes(4, "Tile"));
    }
    assert_eq!(rules(model(chain)), ["onnx/huge-constant"]);
    assert!(rules(graph("Range", &["s", "s", "s"], &[5])).is_empty());
}

#[test]
fn a_custom_operator_alone_does_not_fail() {
    let found = found(&Onnx, "a.onnx", &model(good().message(1, node("mmdeploy", "GridSample"))).0);
    assert!(!fails(&found) && found.len() == 1, "{found:?}");
}

#[test]
fn graphs_nest_to_a_bound() {
    let mut graph = good();
    for _ in 0..100 {
        let attribute = Message::new().message(6, graph);
        graph = Message::new().message(1, node("", "If").message(5, attribute));
    }
    assert_eq!(rules(model(graph)), ["scan/limit"]);
}

#[test]
fn content_decides_without_a_name() {
    let bytes = model(good().message(1, node("", "PyOp"))).0;
    assert!(fails(&found(&Onnx, "weights.bin", &bytes)));
    assert!(found(&Onnx, "weights.bin", b"\x08\x01 some text").is_empty());
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        found(&Onnx, "a.onnx", &bytes);
        found(&Onnx, "a.bin", &bytes);
        found(&Onnx, "a.onnx", &model(Message(bytes)).0);
    }

    #[test]
    fn any_change_of_a_file_does_no_harm(places in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = model(good()).0;
        for (place, byte) in places {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        found(&Onnx, "a.onnx", &bytes);
    }
}
