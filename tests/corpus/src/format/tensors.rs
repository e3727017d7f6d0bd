//! safetensors and GGUF: headers whose numbers lie.

use super::text::TEMPLATES;
use crate::Sample;
use crate::container::zip::{Member, Zip};
use crate::pickle::{harmful, innocent};

/// All of them.
pub fn samples() -> Vec<Sample> {
    [safetensors(), gguf(), templates()].concat()
}

fn safe(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

fn safetensors() -> Vec<Sample> {
    let one = r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    let tensors = |first: &str, second: &str| format!(r#"{{"a":{first},"b":{second}}}"#);
    let tensor = |begin: u64, end: u64| {
        format!(
            r#"{{"dtype":"U8","shape":[{}],"data_offsets":[{begin},{end}]}}"#,
            end.saturating_sub(begin)
        )
    };
    let zip = Zip::of([Member::stored("data.pkl", &harmful())]).build();
    let long = safe(one, &[0; 16]);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("pickle-behind", [long.clone(), harmful()].concat()),
        ("zip-behind", [long.clone(), zip].concat()),
        ("executable-behind", [long.clone(), super::executable::elf()].concat()),
        ("overlap", safe(&tensors(&tensor(0, 16), &tensor(8, 24)), &[0; 24])),
        ("same-place", safe(&tensors(&tensor(0, 16), &tensor(0, 16)), &[0; 16])),
        ("gap", safe(&tensors(&tensor(0, 16), &tensor(64, 80)), &[0; 80])),
        (
            "gap-with-pickle",
            safe(
                &tensors(&tensor(0, 4), &tensor(200, 204)),
                &[&[0; 4][..], &harmful(), &[0; 169]].concat(),
            ),
        ),
        ("beyond-the-end", safe(&tensor_map(&tensor(0, 4096)), &[0; 16])),
        (
            "backwards",
            safe(&tensor_map(r#"{"dtype":"U8","shape":[0],"data_offsets":[16,0]}"#), &[0; 16]),
        ),
        (
            "endless",
            safe(
                &tensor_map(
                    r#"{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,16]}"#,
                ),
                &[0; 16],
            ),
        ),
        (
            "shape-and-size",
            safe(&tensor_map(r#"{"dtype":"F32","shape":[400],"data_offsets":[0,16]}"#), &[0; 16]),
        ),
        (
            "negative",
            safe(&tensor_map(r#"{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}"#), &[0; 16]),
        ),
        (
            "name-twice",
            safe(
                r#"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[8],"data_offsets":[8,16]}}"#,
                &[0; 16],
            ),
        ),
        (
            "key-twice",
            safe(
                &tensor_map(
                    r#"{"dtype":"U8","shape":[16],"data_offsets":[0,16],"data_offsets":[0,4]}"#,
                ),
                &[0; 16],
            ),
        ),
        ("header-cut", safe(one, &[0; 16])[..30].to_vec()),
        ("header-endless", [&u64::MAX.to_le_bytes()[..], one.as_bytes(), &[0; 16]].concat()),
        ("header-too-long", [&5000_u64.to_le_bytes()[..], one.as_bytes(), &[0; 16]].concat()),
        ("header-broken", safe(&one[..one.len() - 3], &[0; 16])),
        ("data-cut", safe(one, &[0; 7])),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("safetensors", "lying header", what, "model.safetensors", bytes)
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let family = "honest safetensors";
    let metadata =
        r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    for (what, header, data) in [
        ("plain", one.to_owned(), vec![0; 16]),
        ("metadata", metadata.to_owned(), vec![0; 16]),
        ("padded", format!("{one}       "), vec![0; 16]),
        ("none", "{}".to_owned(), vec![]),
        ("scalar", tensor_map(r#"{"dtype":"I64","shape":[],"data_offsets":[0,8]}"#), vec![0; 8]),
        ("looks-like-a-pickle", tensor_map(&tensor(0, innocent().len() as u64)), innocent()),
    ] {
        let bytes = safe(&header, &data);
        samples.push(Sample::benign("safetensors", family, what, "model.safetensors", bytes));
    }
    samples
}

fn tensor_map(tensor: &str) -> String {
    format!(r#"{{"a":{tensor}}}"#)
}

fn string(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

/// A key, its kind, and the value's bytes.
fn pair(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
    [string(key), kind.to_le_bytes().to_vec(), value.to_vec()].concat()
}

fn text(key: &str, value: &str) -> Vec<u8> {
    pair(key, 8, &string(value))
}

fn tensor(name: &str, dimensions: &[u64], offset: u64) -> Vec<u8> {
    let mut bytes = string(name);
    bytes.extend((dimensions.len() as u32).to_le_bytes());
    bytes.extend(dimensions.iter().flat_map(|size| size.to_le_bytes()));
    bytes.extend(0_u32.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes
}

/// A file that says that it has so many tensors and pairs.
fn file(tensors: u64, pairs: u64, body: &[Vec<u8>], data: usize) -> Vec<u8> {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend([tensors.to_le_bytes(), pairs.to_le_bytes()].concat());
    bytes.extend(body.concat());
    bytes.resize(bytes.len().next_multiple_of(32) + data, 0);
    bytes
}

fn gguf() -> Vec<Sample> {
    let llama = || text("general.architecture", "llama");
    let good = || tensor("w", &[4], 0);
    let array = |kind: u32, length: u64| [&kind.to_le_bytes()[..], &length.to_le_bytes()].concat();
    let long_string = [&u64::MAX.to_le_bytes()[..], b"x"].concat();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("pairs-endless", file(1, u64::MAX, &[llama(), good()], 16)),
        ("tensors-endless", file(u64::MAX, 1, &[llama(), good()], 16)),
        ("tensors-many", file(1 << 40, 1, &[llama(), good()], 16)),
        ("string-endless", file(1, 1, &[pair("general.name", 8, &long_string), good()], 16)),
        ("key-endless", file(1, 1, std::slice::from_ref(&long_string), 64)),
        ("array-endless", file(1, 1, &[pair("a", 9, &array(4, u64::MAX)), good()], 16)),
        ("array-overflows", file(1, 1, &[pair("a", 9, &array(10, 1 << 61)), good()], 16)),
        ("array-of-strings-endless", file(1, 1, &[pair("a", 9, &array(8, 1 << 62)), good()], 16)),
        ("array-deep", file(1, 1, &[pair("a", 9, &array(9, 1).repeat(9000)), good()], 16)),
        ("kind-unknown", file(1, 1, &[pair("a", 77, &[0; 8]), good()], 16)),
        ("key-twice", file(1, 2, &[llama(), text("general.architecture", "gpt2"), good()], 16)),
        (
            "template-twice",
            file(
                1,
                3,
                &[
                    llama(),
                    text("tokenizer.chat_template", "{{ a }}"),
                    text("tokenizer.chat_template", "{{ b }}"),
                    good(),
                ],
                16,
            ),
        ),
        ("dimensions-many", file(1, 1, &[llama(), tensor("w", &[1; 200], 0)], 16)),
        ("dimensions-overflow", file(1, 1, &[llama(), tensor("w", &[1 << 33, 1 << 33], 0)], 16)),
        ("dimensions-beyond", file(1, 1, &[llama(), tensor("w", &[1 << 20], 0)], 16)),
        ("offset-beyond", file(1, 1, &[llama(), tensor("w", &[4], 1 << 40)], 16)),
        ("offset-overflows", file(1, 1, &[llama(), tensor("w", &[4], u64::MAX - 31)], 16)),
        ("tensor-twice", file(2, 1, &[llama(), good(), tensor("w", &[4], 32)], 64)),
        (
            "alignment-none",
            file(1, 2, &[llama(), pair("general.alignment", 4, &0_u32.to_le_bytes()), good()], 16),
        ),
        ("cut", file(1, 1, &[llama(), good()], 16)[..50].to_vec()),
    ];
    let sample = |(what, bytes): (&str, Vec<u8>)| {
        Sample::malicious("gguf", "lying header", what, "model.gguf", bytes)
    };
    let mut samples: Vec<_> = cases.into_iter().map(sample).collect();
    let honest = file(1, 2, &[llama(), text("tokenizer.chat_template", CHAT), good()], 16);
    samples.push(Sample::benign("gguf", "honest gguf", "plain", "model.gguf", honest));
    samples
}

const CHAT: &str = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + \
                    message['content'] + '<|im_end|>' + '\n'}}{% endfor %}";

fn templates() -> Vec<Sample> {
    let sample = |(what, template): &(&str, &str)| {
        let pairs =
            [text("general.architecture", "llama"), text("tokenizer.chat_template", template)];
        let bytes = file(0, 2, &pairs, 0);
        Sample::malicious("gguf", "template", &format!("template-{what}"), "model.gguf", bytes)
    };
    let mut samples: Vec<_> = TEMPLATES.iter().map(sample).collect();
    let (_, template) = TEMPLATES[0];
    let pairs =
        [text("general.architecture", "llama"), text("tokenizer.chat_template.tool_use", template)];
    samples.push(Sample::malicious(
        "gguf",
        "template",
        "template-named",
        "model.gguf",
        file(0, 2, &pairs, 0),
    ));
    samples
}
