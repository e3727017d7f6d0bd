use proptest::prelude::*;

use super::{TensorFlow, TextGraph};
use crate::protobuf::making::Message;
use crate::testing::{fails, found};

fn node(name: &str, operator: &str) -> Message {
    Message::new().bytes(1, name).bytes(2, operator)
}

fn attribute(key: &str, value: Message) -> Message {
    Message::new().bytes(1, key).message(2, value)
}

fn text(name: &str, value: &str) -> Message {
    let tensor = Message::new().number(1, 7).bytes(8, value);
    node(name, "Const").message(5, attribute("value", Message::new().message(8, tensor)))
}

fn saved(graph: Message) -> Message {
    let info = Message::new().bytes(4, "serve").bytes(5, "2.16.1");
    Message::new().number(1, 1).message(2, Message::new().message(1, info).message(2, graph))
}

fn good() -> Message {
    Message::new()
        .message(1, node("x", "Placeholder"))
        .message(1, text("model", "model"))
        .message(1, node("join", "StringJoin").bytes(3, "model"))
        .message(1, node("save", "SaveV2").bytes(3, "join"))
        .message(1, node("restore", "RestoreV2").bytes(3, "model:0"))
        .message(1, node("merge", "MergeV2Checkpoints").bytes(3, "join"))
        .message(
            1,
            node("print", "PrintV2")
                .message(5, attribute("output_stream", Message::new().bytes(2, "stderr"))),
        )
}

#[test]
fn what_exporters_write_is_clean() {
    for (path, message) in [
        ("saved_model.pb", saved(good())),
        ("frozen.pb", good()),
        (
            "model.ckpt.meta",
            Message::new().message(1, Message::new().bytes(5, "1.15")).message(2, good()),
        ),
        ("input_0.pb", Message::new().bytes(1, [3, 4]).number(2, 1).bytes(9, [0; 48])),
    ] {
        let found = found(&TensorFlow, path, &message.0);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

#[test]
fn each_danger_has_its_rule_wherever_it_is() {
    let stream = |url: &str| attribute("output_stream", Message::new().bytes(2, url));
    let urls = |url: &str| {
        attribute("debug_urls", Message::new().message(1, Message::new().bytes(2, url)))
    };
    let function = Message::new().message(1, Message::new().message(3, node("f", "PyFunc")));
    for (graph, rule) in [
        (good().message(1, node("a", "PyFunc")), "tensorflow/code-operator"),
        (good().message(2, function), "tensorflow/code-operator"),
        (good().message(1, node("a", "ReadFile")), "tensorflow/file-operator"),
        (good().message(1, node("a", "WriteFile")), "tensorflow/file-operator"),
        (good().message(1, node("a", "ExperimentalCSVDataset")), "tensorflow/file-operator"),
        (good().message(1, node("a", "IO>KafkaReadableInit")), "tensorflow/file-operator"),
        (good().message(1, node("a", "RpcCall")), "tensorflow/network-operator"),
        (good().message(1, node("a", "Abort")), "tensorflow/process-operator"),
        (good().message(1, node("a", "Evil>RunShell")), "tensorflow/custom-operator"),
        (
            good().message(1, node("a", "PrintV2").message(5, stream("file:///tmp/x"))),
            "tensorflow/file-operator",
        ),
        (
            good().message(1, node("a", "DebugIdentity").message(5, urls("grpc://x:1"))),
            "tensorflow/network-operator",
        ),
        (
            good().message(
                1,
                node("a", "Relu").message(5, stream("file:///tmp/x")).bytes(2, "PrintV2"),
            ),
            "tensorflow/file-operator",
        ),
        (
            good().message(1, text("a", "import os; os.system('echo inert')")),
            "tensorflow/code-in-text",
        ),
        (
            good()
                .message(1, text("a", "/etc/cron.d/x"))
                .message(1, node("b", "Identity").bytes(3, "a"))
                .message(1, node("c", "SaveV2").bytes(3, "b:0")),
            "tensorflow/outside-path",
        ),
    ] {
        for (path, message) in [("saved_model.pb", saved(graph.clone())), ("x.pb", graph)] {
            let all = found(&TensorFlow, path, &message.0);
            assert!(fails(&all) && all.iter().any(|(told, _)| told == rule), "{rule}: {all:?}");
        }
    }
}

#[test]
fn assets_have_paths_within_the_model() {
    let model = |path: &str, table: &str| {
        let tensor = Message::new().message(1, Message::new().bytes(1, "a:0")).bytes(2, path);
        let graph = good()
            .message(1, text("a", "/home/me/../vocab.txt"))
            .message(1, node("b", "InitializeTableFromTextFileV2").bytes(3, "t").bytes(3, table));
        let meta = Message::new().message(2, graph).message(6, tensor);
        found(&TensorFlow, "saved_model.pb", &Message::new().number(1, 1).message(2, meta).0)
    };
    assert!(model("vocab.txt", "a").is_empty());
    assert!(fails(&model("../../etc/passwd", "a")));
    assert!(fails(&model("/etc/passwd", "a")));
}

#[test]
fn configurations_of_layers_are_handed_over() {
    let lambda = r#"{"class_name":"Lambda","config":{"name":"l","function":{"class_name":"__lambda__","config":{"code":"4wEAAAA="}}}}"#;
    let user = Message::new().bytes(1, "_tf_keras_layer").bytes(3, lambda);
    let objects = Message::new().message(1, Message::new().message(4, user));
    let meta = Message::new().message(2, good()).message(7, objects);
    let model = Message::new().number(1, 1).message(2, meta).0;
    let readers: [&dyn nix_ai_model_scan_walk::Reader; 2] = [&TensorFlow, &crate::keras::Config];
    let all = crate::testing::found_by(&readers, "saved_model.pb", &model);
    assert!(fails(&all), "{all:?}");
}

#[test]
fn broken_graphs_are_told_and_other_messages_are_not() {
    let mut bytes = saved(good()).0;
    bytes.truncate(bytes.len() - 3);
    assert!(fails(&found(&TensorFlow, "saved_model.pb", &bytes)));
    let mut bytes = good().0;
    bytes.truncate(bytes.len() - 3);
    assert!(fails(&found(&TensorFlow, "graph.pb", &bytes)));
    for other in [&b"GUID: 1234\nasset: x"[..], b"\x0a\x03abc\x12\x05hello", b"", b"\x08\x01"] {
        assert!(found(&TensorFlow, "x.meta", other).is_empty());
        assert!(found(&TensorFlow, "x.pb", other).is_empty());
    }
}

#[test]
fn content_decides_without_a_name() {
    let graph = good().message(1, node("a", "PyFunc"));
    assert!(fails(&found(&TensorFlow, "model.bin", &graph.0)));
    assert!(fails(&found(&TensorFlow, "model.bin", &saved(graph).0)));
}

#[test]
fn text_is_read_like_the_binary_form() {
    let text = r#"saved_model_schema_version: 1 meta_graphs { graph_def { node { name: "a" op: "Relu" } } }"#;
    assert!(found(&TextGraph, "saved_model.pbtxt", text.as_bytes()).is_empty());
    assert!(found(&TextGraph, "labels.pbtxt", b"item { name: 'cat' id: 1 }").is_empty());
    for text in [
        r#"node { name: "a" op: "PyFunc" }"#,
        r#"layer { name: "a" type: "Python" python_param { module: "os" layer: "x" } }"#,
        r#"node { name: "a" op: "Py" 'Func' }"#,
        r#"node < op: "\x50y\106unc" >"#,
        r#"node_def { op: "PrintV2" attr { key: "output_stream" value { s: "file:///tmp/x" } } }"#,
        r#"node { attr { value { s: "grpc://x" } } op : "DebugIdentity""#,
    ] {
        assert!(fails(&found(&TextGraph, "graph.pbtxt", text.as_bytes())), "{text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[a-z{}\"\\\\:# ]{0,100}") {
        found(&TensorFlow, "saved_model.pb", &bytes);
        found(&TensorFlow, "saved_model.pb", &saved(Message(bytes)).0);
        found(&TextGraph, "a.pbtxt", text.as_bytes());
    }

    #[test]
    fn any_change_of_a_file_does_no_harm(places in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
        let mut bytes = saved(good()).0;
        for (place, byte) in places {
            let place = usize::from(place) % bytes.len();
            bytes[place] = byte;
        }
        found(&TensorFlow, "saved_model.pb", &bytes);
    }
}
