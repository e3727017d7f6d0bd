//! The formats that fewer people use.

use serde_json::{Value, json};

use super::protobuf::Message;
use crate::Sample;
use crate::container::zip::{Member, Zip};
use crate::pickle::{harmful, innocent};

/// All of them.
pub fn samples() -> Vec<Sample> {
    [pmml(), skops(), torchserve(), executorch(), core_ml(), paddle(), trees(), links()].concat()
}

fn pmml() -> Vec<Sample> {
    let model = |doctype: &str, body: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n{doctype}<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">\
                 <Header copyright=\"none\"/><DataDictionary/>{body}</PMML>\n"
        )
    };
    let entity = |definition: &str| model(&format!("<!DOCTYPE PMML [{definition}]>\n"), "&a;");
    let cases = [
        ("file-entity", entity("<!ENTITY a SYSTEM \"file:///nonexistent/inert\">")),
        ("url-entity", entity("<!ENTITY a SYSTEM \"http://inert.invalid/a\">")),
        ("public-entity", entity("<!ENTITY a PUBLIC \"x\" \"http://inert.invalid/a\">")),
        ("parameter-entity", entity("<!ENTITY % a SYSTEM \"http://inert.invalid/a.dtd\"> %a;")),
        ("external-dtd", model("<!DOCTYPE PMML SYSTEM \"http://inert.invalid/a.dtd\">\n", "")),
        (
            "laughs",
            entity(
                "<!ENTITY c \"xxxxxxxxxx\"><!ENTITY b \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY a \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">",
            ),
        ),
        (
            "include",
            model(
                "",
                "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///nonexistent/inert\"/>",
            ),
        ),
    ];
    let mut samples = Vec::new();
    for (what, text) in cases {
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
        let utf16 = [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>();
        let wide = format!("{what}-utf-16");
        samples.push(Sample::malicious("pmml", "xml entity", &wide, "model.pmml", utf16));
        samples.push(Sample::malicious("pmml", "xml entity", what, "model.pmml", text));
    }
    samples.push(Sample::benign(
        "pmml",
        "honest pmml",
        "plain",
        "model.pmml",
        model("", "<TreeModel/>"),
    ));
    samples
}

fn skops() -> Vec<Sample> {
    let node = |loader: &str, module: &str, class: &str| {
        json!({"__class__": class, "__module__": module, "__loader__": loader, "__id__": 1,
            "protocol": 2, "_skops_version": "0.10", "content": {"__class__": "str", "__module__": "builtins",
            "__loader__": "JsonNode", "content": "\"inert\"", "is_json": true}})
    };
    let zip = |schema: &Value, further: Option<Member>| {
        let schema = Member::deflated("schema.json", schema.to_string().as_bytes());
        Zip::of([schema].into_iter().chain(further)).build()
    };
    let operator = json!({"__class__": "methodcaller", "__module__": "operator", "__loader__": "OperatorFuncNode",
        "attrs": {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": []}, "protocol": 0});
    let mut partial = node("PartialNode", "functools", "partial");
    partial["content"] = json!({"func": node("FunctionNode", "posix", "system"),
        "args": node("TupleNode", "builtins", "tuple")});
    let cases = [
        ("function", zip(&node("FunctionNode", "posix", "system"), None)),
        ("object", zip(&node("ObjectNode", "subprocess", "Popen"), None)),
        ("type", zip(&node("TypeNode", "subprocess", "Popen"), None)),
        ("method", zip(&node("MethodNode", "os", "system"), None)),
        ("partial", zip(&partial, None)),
        ("eval", zip(&node("FunctionNode", "builtins", "eval"), None)),
        ("operator", zip(&operator, None)),
        (
            "pickle-within",
            zip(&node("JsonNode", "builtins", "str"), Some(Member::stored("1.npy", &harmful()))),
        ),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("skops", "skops schema", what, "model.skops", bytes)
    };
    cases.into_iter().map(sample).collect()
}

fn torchserve() -> Vec<Sample> {
    let archive = |handler: &str, source: &[u8], model: &[u8]| {
        let manifest = json!({"runtime": "python", "archiverVersion": "0.9.0", "model": {
            "modelName": "inert", "serializedFile": "model.pt", "handler": handler, "modelVersion": "1.0"}});
        Zip::of([
            Member::deflated("MAR-INF/MANIFEST.json", manifest.to_string().as_bytes()),
            Member::deflated("handler.py", source),
            Member::stored("model.pt", model),
        ])
        .build()
    };
    let good = b"def handle(data, context):\n    return data\n";
    let bad = b"import base64\nexec(base64.b64decode('cHJpbnQoJ2luZXJ0Jyk='))\n";
    let cases = [
        ("handler", archive("handler.py", bad, &innocent())),
        ("pickle", archive("handler.py", good, &harmful())),
        ("handler-up", archive("../../inert.py", good, &innocent())),
        ("handler-absolute", archive("/nonexistent/inert.py:handle", good, &innocent())),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("torchserve", "torchserve", what, "model.mar", bytes)
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let honest = archive("handler.py", good, &innocent());
    samples.push(Sample::benign("torchserve", "honest torchserve", "plain", "model.mar", honest));
    samples
}

fn executorch() -> Vec<Sample> {
    let flat = |root: u32| [&root.to_le_bytes()[..], b"ET12", &[0; 56]].concat();
    let cases = [
        ("root-beyond", flat(u32::MAX)),
        ("pickle-behind", [flat(16), harmful()].concat()),
        (
            "zip-behind",
            [flat(16), Zip::of([Member::stored("data.pkl", &harmful())]).build()].concat(),
        ),
        ("cut", flat(16)[..12].to_vec()),
        ("pickle-in-its-place", harmful()),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("executorch", "executorch", what, "model.pte", bytes)
    };
    cases.into_iter().map(sample).collect()
}

fn core_ml() -> Vec<Sample> {
    let description = Message::new()
        .message(1, Message::new().bytes(1, "x"))
        .message(10, Message::new().bytes(1, "y"));
    let start = Message::new().number(1, 4).message(2, description);
    let custom = start.clone().message(555, Message::new().bytes(10, "InertClass"));
    let layer = Message::new().bytes(1, "l").message(500, Message::new().bytes(10, "InertClass"));
    let network = start.message(500, Message::new().message(1, layer));
    let manifest = |path: &str| {
        json!({"fileFormatVersion": "1.0.0", "rootModelIdentifier": "A", "itemInfoEntries": {
            "A": {"author": "com.apple.CoreML", "name": "model.mlmodel", "path": path}}})
        .to_string()
    };
    let up = "model.mlpackage/Manifest.json";
    vec![
        Sample::malicious("coreml", "custom code", "custom-model", "model.mlmodel", custom.0),
        Sample::malicious("coreml", "custom code", "custom-layer", "model.mlmodel", network.0),
        Sample::malicious("coreml", "path", "manifest-up", up, manifest("../../../inert")),
        Sample::malicious(
            "coreml",
            "path",
            "manifest-absolute",
            up,
            manifest("/nonexistent/inert"),
        ),
    ]
}

fn paddle() -> Vec<Sample> {
    let operator = |name: &str| Message::new().bytes(3, name);
    let block = |name: &str| {
        let variable = Message::new().bytes(1, "x").message(2, Message::new().number(1, 9));
        let block = Message::new().number(1, 0).number(2, u64::MAX).message(3, variable);
        block.message(4, operator("feed")).message(4, operator(name)).message(4, operator("fetch"))
    };
    let program = |name: &str| {
        Message::new().message(1, block(name)).message(4, Message::new().number(1, 0)).0
    };
    vec![
        Sample::malicious(
            "paddle",
            "python operator",
            "py-func",
            "model.pdmodel",
            program("py_func"),
        ),
        Sample::malicious("paddle", "pickle", "parameters", "model.pdparams", harmful()),
        Sample::malicious("paddle", "pickle", "optimizer", "model.pdopt", harmful()),
        Sample::benign("paddle", "honest paddle", "program", "model.pdmodel", program("relu")),
    ]
}

/// Trees: the pickles that pass for them, and numbers that lie.
fn trees() -> Vec<Sample> {
    let lying = [b"binf".to_vec(), vec![0xff; 200]].concat();
    let cat = [b"CBM1".to_vec(), u32::MAX.to_le_bytes().to_vec(), vec![0; 64]].concat();
    let deep = "{\"learner\":".repeat(50_000);
    vec![
        Sample::malicious("xgboost", "pickle", "pickle", "model.ubj", harmful()),
        Sample::malicious("xgboost", "lying header", "binary", "model.xgb", lying),
        Sample::malicious("xgboost", "lying header", "deep", "model.json", deep),
        Sample::malicious("lightgbm", "pickle", "pickle", "model.lgb", harmful()),
        Sample::malicious("catboost", "lying header", "size", "model.cbm", cat),
        Sample::malicious("catboost", "pickle", "pickle", "model.cbm", harmful()),
    ]
}

fn links() -> Vec<Sample> {
    let link = |what: &str, to: &str| {
        let sample = Sample::malicious("link", "link", what, "config.json", "{}");
        sample.linking("weights.bin", to)
    };
    vec![
        link("absolute", "/nonexistent/inert"),
        link("up", "../../inert"),
        link("up-inside", "a/../../inert"),
    ]
}
