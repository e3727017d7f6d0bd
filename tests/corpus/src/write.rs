//! Writes the samples below a folder, each in one of its own:
//! `FOLDER/malicious/NAME/…` and `FOLDER/benign/NAME/…`, and what they are to
//! `FOLDER/samples.json`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool of the tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use nix_ai_model_corpus::{Content, Sample, samples};
use serde_json::json;

fn main() {
    let named =
        std::env::args_os().nth(1).filter(|name| !name.as_encoded_bytes().starts_with(b"-"));
    let folder = PathBuf::from(named.expect("corpus-write FOLDER"));
    let samples = samples();
    for sample in &samples {
        write(&folder, sample);
    }
    let list: Vec<_> = samples.iter().map(described).collect();
    fs::write(folder.join("samples.json"), json!(list).to_string()).unwrap();
    println!("{} samples", samples.len());
}

fn described(sample: &Sample) -> serde_json::Value {
    json!({
        "name": sample.name,
        "family": sample.family,
        "format": sample.format,
        "verdict": sample.verdict.word(),
    })
}

fn write(folder: &Path, sample: &Sample) {
    let folder = folder.join(sample.verdict.word()).join(&sample.name);
    for (path, content) in &sample.files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match content {
            Content::Bytes(bytes) => fs::write(&path, bytes).unwrap(),
            Content::Link(to) => std::os::unix::fs::symlink(to, &path).unwrap(),
        }
    }
}
