//! Graphs of TensorFlow: operations that touch files, network or Python.

use super::protobuf::Message;
use crate::Sample;

const FAMILY: &str = "graph operation";

/// Operations that do more than compute, and an attribute where it decides.
const OPERATIONS: &[(&str, Option<(&str, &str)>)] = &[
    ("ReadFile", None),
    ("WriteFile", None),
    ("PyFunc", Some(("token", "inert"))),
    ("PyFuncStateless", Some(("token", "inert"))),
    ("EagerPyFunc", Some(("token", "inert"))),
    ("MatchingFiles", None),
    ("SaveDataset", None),
    ("SaveDatasetV2", None),
    ("LoadDataset", None),
    ("WholeFileReaderV2", None),
    ("CreateSummaryFileWriter", None),
    ("DataServiceDatasetV2", None),
    ("PrintV2", Some(("output_stream", "file:///nonexistent/inert"))),
    ("DebugIdentityV2", Some(("debug_urls", "file:///nonexistent/inert"))),
];

/// All of them.
pub fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    for (operation, attribute) in OPERATIONS {
        let node = node("evil", operation, *attribute);
        let mut add = |place: &str, file: &str, message: Message| {
            let what = format!("{place}-{operation}");
            samples.push(Sample::malicious("tensorflow", FAMILY, &what, file, message.0));
        };
        add("graph", "saved_model.pb", saved_model(graph([node.clone()], [])));
        add("function", "saved_model.pb", saved_model(graph([], [node.clone()])));
        add("frozen", "frozen_graph.pb", graph([node.clone()], []));
    }
    let read = || graph([node("evil", "ReadFile", None)], []);
    let named = Sample::malicious(
        "tensorflow",
        "lying file name",
        "named-bin",
        "weights.bin",
        saved_model(read()).0,
    );
    samples.push(named);
    let many =
        (0..20_000).map(|_| node("relu", "Relu", None)).chain([node("evil", "ReadFile", None)]);
    let far = saved_model(graph(many, [])).0;
    samples.push(Sample::malicious("tensorflow", FAMILY, "far-behind", "saved_model.pb", far));
    let text = "saved_model_schema_version: 1\nmeta_graphs {\n  graph_def {\n    node {\n      \
                name: \"evil\"\n      op: \"WriteFile\"\n    }\n  }\n}\n";
    samples.push(Sample::malicious("tensorflow", FAMILY, "text", "saved_model.pbtxt", text));
    let metadata = r#"{"class_name": "Lambda", "config": {"function": {"class_name": "__tuple__", "items": ["Tg==\n", null, null]}, "function_type": "lambda", "module": "__main__"}}"#;
    let object = Message::new()
        .number(2, 1)
        .bytes(3, "root.layer-0")
        .bytes(4, "_tf_keras_layer")
        .bytes(5, metadata);
    let keras = Message::new().message(1, object);
    let model = Sample::malicious(
        "tensorflow",
        "keras metadata",
        "lambda",
        "saved_model.pb",
        saved_model(innocent()).0,
    );
    samples.push(model.with("keras_metadata.pb", keras.0));
    let family = "honest graph";
    samples.push(Sample::benign(
        "tensorflow",
        family,
        "saved-model",
        "saved_model.pb",
        saved_model(innocent()).0,
    ));
    samples.push(Sample::benign("tensorflow", family, "frozen", "frozen_graph.pb", innocent().0));
    samples
}

fn innocent() -> Message {
    let names = ["Placeholder", "MatMul", "BiasAdd", "Relu", "VarHandleOp", "RestoreV2", "SaveV2"];
    let nodes = names.map(|name| node(&name.to_lowercase(), name, None));
    graph(nodes.clone(), nodes)
}

fn node(name: &str, operation: &str, attribute: Option<(&str, &str)>) -> Message {
    let node = Message::new().bytes(1, name).bytes(2, operation).bytes(3, "input");
    let kind = Message::new().number(6, 7);
    let node = node.message(5, Message::new().bytes(1, "dtype").message(2, kind));
    match attribute {
        Some((key, value)) => {
            let value = Message::new().bytes(2, value);
            node.message(5, Message::new().bytes(1, key).message(2, value))
        }
        None => node,
    }
}

/// A graph of these nodes, and of a function of those.
fn graph(
    nodes: impl IntoIterator<Item = Message>,
    of_function: impl IntoIterator<Item = Message>,
) -> Message {
    let start = Message::new().message(1, node("x", "Placeholder", None));
    let graph = nodes.into_iter().fold(start, |graph, node| graph.message(1, node));
    let function = Message::new().message(1, Message::new().bytes(1, "__inference_f_1"));
    let function =
        of_function.into_iter().fold(function, |function, node| function.message(3, node));
    let graph = graph.message(2, Message::new().message(1, function));
    graph.message(4, Message::new().number(1, 1395))
}

fn saved_model(graph: Message) -> Message {
    let info = Message::new().bytes(4, "serve").bytes(5, "2.15.0");
    let meta = Message::new().message(1, info).message(2, graph);
    Message::new().number(1, 1).message(2, meta)
}
