//! What is kept in stores, pictures and packages that are no model by
//! themselves: databases, workflows, exported graphs.

use serde_json::json;

use super::protobuf::Message;
use crate::Sample;
use crate::container::zip::{Member, Zip};
use crate::pickle::{harmful, innocent};

/// All of them.
pub fn samples() -> Vec<Sample> {
    [exported(), compiled(), pieces(), duckdb(), lmdb(), pictures(), trees(), huge()].concat()
}

fn exported() -> Vec<Sample> {
    let package = |formula: &str, target: &str| {
        let graph = json!({
            "graph_module": {"graph": {
                "inputs": [{"as_tensor": {"name": "x"}}],
                "outputs": [{"as_tensor": {"name": "y"}}],
                "nodes": [{"target": target, "inputs": [], "outputs": [], "metadata": {}}],
                "tensor_values": {"x": {"dtype": 7, "sizes": [
                    {"as_expr": {"expr_str": formula, "hint": {"as_int": 3}}},
                ]}},
            }},
            "schema_version": {"major": 8, "minor": 1},
        });
        Zip::of([
            Member::stored("m/archive_format", b"pt2"),
            Member::stored("m/models/model.json", graph.to_string().as_bytes()),
            Member::stored("m/byteorder", b"little"),
        ])
        .build()
    };
    let add = "torch.ops.aten.add.Tensor";
    let bad = [
        ("import", "__import__('os').system('echo inert')", add),
        ("attribute", "s0.__class__.__base__.__subclasses__()", add),
        ("call", "exec(chr(1))", add),
        ("system", "2*s0", "torch.os.system"),
        ("library", "2*s0", "torch.ops.load_library"),
    ];
    let good =
        [("plain", "2*s0 + 1", add), ("functions", "Max(1, FloorDiv(s0, 2))", "_operator.mul")];
    let malicious = bad.map(|(what, formula, target)| {
        Sample::malicious(
            "torch export",
            "evaluated graph",
            what,
            "m.pt2",
            package(formula, target),
        )
    });
    let benign = good.map(|(what, formula, target)| {
        Sample::benign("torch export", "honest graph", what, "m.pt2", package(formula, target))
    });
    [malicious.to_vec(), benign.to_vec()].concat()
}

fn compiled() -> Vec<Sample> {
    let package = |names: &str| {
        let library = [b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0", names.as_bytes()].concat();
        let path = "m/data/aotinductor/model/c.wrapper.so";
        let format = Member::stored("m/archive_format", b"pt2");
        Zip::of([format, Member::stored(path, &library)]).build()
    };
    let entry = "\0AOTInductorModelContainerCreateWithDevice\0";
    let bad = [("no-model", "\0PyInit_x\0".to_owned()), ("starts", format!("{entry}popen\0"))];
    let mut samples = bad
        .map(|(what, names)| {
            Sample::malicious("aotinductor", "native library", what, "m.pt2", package(&names))
        })
        .to_vec();
    let plain = package(&format!("{entry}memcpy\0"));
    samples.push(Sample::benign("aotinductor", "native library", "plain", "m.pt2", plain));
    samples
}

fn pieces() -> Vec<Sample> {
    let model = |table: &[u8]| {
        let piece = |text: &str| {
            let mut piece = Message::new().bytes(1, text);
            piece.0.extend([0x15, 0, 0, 0, 0]);
            piece
        };
        let normalizer = Message::new().bytes(1, "nmt_nfkc").bytes(2, table);
        let pieces = Message::new().message(1, piece("<unk>").number(3, 2)).message(1, piece("a"));
        pieces.message(2, Message::new().number(4, 2)).message(3, normalizer).0
    };
    let table = |root: u32| {
        let tree: Vec<u8> =
            [root].iter().chain(&[0; 511]).flat_map(|unit| unit.to_le_bytes()).collect();
        [&(tree.len() as u32).to_le_bytes(), &tree[..], b"b\0"].concat()
    };
    let long = [&0xffff_ff00_u32.to_le_bytes()[..], &[255; 64]].concat();
    let (out, good) = (model(&table(0x1f_ffff << 10)), model(&table(256 << 10)));
    vec![
        Sample::malicious("sentencepiece", "false table", "long", "tokenizer.model", model(&long)),
        Sample::malicious("sentencepiece", "false table", "out", "tokenizer.model", out),
        Sample::benign("sentencepiece", "honest table", "plain", "tokenizer.model", good),
    ]
}

fn duckdb() -> Vec<Sample> {
    let database = |sql: &str| {
        let magic = [&[7; 8][..], b"DUCK", &64_u64.to_le_bytes(), &[0; 4064], &[sql.len() as u8]];
        [&magic.concat(), sql.as_bytes(), &[0; 64]].concat()
    };
    let read = database("CREATE VIEW v AS SELECT content FROM read_text('/etc/nonexistent')");
    let pipe = database("create macro m() as table select * from read_csv('echo inert |')");
    let good = database("create view best as select * from runs order by loss limit 5");
    vec![
        Sample::malicious("duckdb", "view", "reads", "a.duckdb", read),
        Sample::malicious("duckdb", "view", "runs", "a.duckdb", pipe),
        Sample::benign("duckdb", "view", "plain", "a.duckdb", good),
    ]
}

/// A database of a leaf with one value.
fn lmdb() -> Vec<Sample> {
    const PAGE: usize = 4096;
    let database = |value: &[u8]| {
        let mut pages = vec![0; 2 * PAGE];
        pages[16..24].copy_from_slice(&[0xde, 0xc0, 0xef, 0xbe, 1, 0, 0, 0]);
        pages[40..44].copy_from_slice(&(PAGE as u32).to_le_bytes());
        let header = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 18, 0, 0, 4, 0, 2];
        pages[PAGE..PAGE + 18].copy_from_slice(&header);
        let node = PAGE + 512;
        pages[node..node + 2].copy_from_slice(&(value.len() as u16).to_le_bytes());
        pages[node + 6] = 1;
        pages[node + 8] = b'k';
        pages[node + 9..node + 9 + value.len()].copy_from_slice(value);
        pages
    };
    vec![
        Sample::malicious("lmdb", "pickled value", "value", "data.mdb", database(&harmful())),
        Sample::benign("lmdb", "pickled value", "plain", "data.mdb", database(&innocent())),
    ]
}

fn pictures() -> Vec<Sample> {
    let picture = |code: &str| {
        let flow = json!({"3": {"class_type": "IDENode", "inputs": {"pycode": code}}}).to_string();
        let text = [b"tEXtprompt\0", flow.as_bytes()].concat();
        let length = (text.len() as u32 - 4).to_be_bytes();
        let end = b"\0\0\0\0IEND\xae\x42\x60\x82";
        [b"\x89PNG\r\n\x1a\n", &length[..], &text, &[0; 4], end].concat()
    };
    let bad = picture("import os\nos.system('echo inert')");
    vec![
        Sample::malicious("comfyui", "workflow in a picture", "code", "a.png", bad),
        Sample::benign("comfyui", "workflow in a picture", "plain", "a.png", picture("")),
    ]
}

fn trees() -> Vec<Sample> {
    let model = |left: [i32; 3]| {
        json!({"version": [2, 0, 0], "learner": {"gradient_booster": {"model": {"trees": [{
            "left_children": left,
            "right_children": [2, -1, -1],
            "parents": [2_147_483_647, 0, 0],
            "split_conditions": [0.5, 1.0, 2.0],
            "tree_param": {"num_nodes": "3"},
        }]}}}})
        .to_string()
    };
    vec![
        Sample::malicious("xgboost", "false tree", "loop", "m.json", model([1, 0, -1])),
        Sample::malicious("xgboost", "false tree", "out", "m.json", model([1, 7, -1])),
        Sample::benign("xgboost", "honest tree", "plain", "m.json", model([1, -1, -1])),
    ]
}

fn huge() -> Vec<Sample> {
    let model = |sizes: [i64; 2]| {
        let raw: Vec<u8> = sizes.iter().flat_map(|size| size.to_le_bytes()).collect();
        let shape = Message::new().number(1, 2).number(2, 7).bytes(8, "s").bytes(9, raw);
        let node = Message::new().bytes(1, "s").bytes(2, "y").bytes(4, "ConstantOfShape");
        let graph = Message::new().message(1, node).bytes(2, "g").message(5, shape);
        let opset = Message::new().bytes(1, "").number(2, 18);
        Message::new().number(1, 9).message(7, graph).message(8, opset).0
    };
    let bad = model([1 << 30, 1 << 20]);
    vec![
        Sample::malicious("onnx", "constant", "huge-constant", "m.onnx", bad),
        Sample::benign("onnx", "constant", "small-constant", "m.onnx", model([64, 64])),
    ]
}
