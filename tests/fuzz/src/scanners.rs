//! The readers of scanners. The first byte of the input chooses a reader of the
//! topic, which reads whether it recognises the content or not; the second one
//! chooses the file's name, which some readers go by.

use std::sync::LazyLock;

use std::rc::Rc;

use nix_ai_model_corpus::{Content, samples};
use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Budget, Head, Part, Reader, Result, Scan, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

/// Names by which loaders choose.
const NAMES: &[&str] = &[
    "model",
    "model.pkl",
    "pytorch_model.bin",
    "a.npy",
    "model.safetensors",
    "model.gguf",
    "model.onnx",
    "saved_model.pb",
    "model.h5",
    "config.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "modeling.py",
    "config.yaml",
    "model.pth",
    "notebook.ipynb",
];

/// What scanning costs at the most for an input of a fuzzer's size.
const BUDGET: Budget =
    Budget { depth: 6, parts: 2_000, inflated: 4 << 20, steps: 20_000_000, findings: 200 };

/// Reads everything that it is asked about.
struct Forced(&'static dyn Reader);

impl Reader for Forced {
    fn format(&self) -> &'static str {
        self.0.format()
    }

    fn recognises(&self, head: &Head) -> bool {
        // It is asked all the same: that must not fail either.
        let _ = self.0.recognises(head);
        true
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        self.0.read(part, scan)
    }
}

/// Whatever the bytes are, a reader ends, and its findings are of this file and
/// say something.
fn read(topic: &'static [&'static dyn Reader], data: &[u8]) {
    let [reader, name, bytes @ ..] = data else { return };
    let Some(reader) = topic.get(usize::from(*reader) % topic.len().max(1)) else { return };
    let name = NAMES[usize::from(*name) % NAMES.len()];
    let files = ScriptedFiles::new().file(name, bytes);
    let report = scan(&files, &[&Forced(*reader)], BUDGET);
    for finding in &report.findings {
        assert_eq!(finding.file, 0);
        assert!(finding.rule.contains('/'), "{finding:?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
        assert!(finding.advice.is_some(), "{finding:?}");
    }
    // What a scanner found is never passed over.
    assert!(report.findings.is_empty() || report.judged == [0], "{report:?}");
}

/// Of one file, and of all files together.
static CODE: LazyLock<Vec<&'static dyn Reader>> =
    LazyLock::new(|| [nix_ai_model_scan_code::READERS, nix_ai_model_scan_code::TOGETHER].concat());

/// Code, templates, configuration, programs, keys.
pub fn scan_code(data: &[u8]) {
    read(&CODE, data);
}

/// Archives and compressed streams.
pub fn scan_containers(data: &[u8]) {
    read(nix_ai_model_scan_containers::READERS, data);
}

/// Formats of models that are no pickles.
pub fn scan_formats(data: &[u8]) {
    read(nix_ai_model_scan_formats::READERS, data);
}

/// Pickles and what holds them.
pub fn scan_pickle(data: &[u8]) {
    read(nix_ai_model_scan_pickle::READERS, data);
}

/// Inputs of a target that its readers know, from the samples of the corpus;
/// none for targets of another kind.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let topic = match target {
        "scan_code" => nix_ai_model_scan_code::READERS,
        "scan_containers" => nix_ai_model_scan_containers::READERS,
        "scan_formats" => nix_ai_model_scan_formats::READERS,
        "scan_pickle" => nix_ai_model_scan_pickle::READERS,
        _ => return Vec::new(),
    };
    let files = samples().into_iter().flat_map(|sample| sample.files);
    let known = files.filter_map(|(path, content)| match content {
        Content::Bytes(bytes) if bytes.len() <= SEED => Some((path, bytes)),
        _ => None,
    });
    known.flat_map(|(path, bytes)| seeds_of(topic, &path, &bytes)).collect()
}

/// Bytes of a sample that is a seed: a fuzzer is slow with more.
const SEED: usize = 16 << 10;

/// One for each reader that recognises the file.
fn seeds_of(topic: &[&dyn Reader], path: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    let Ok(head) = Part::of_file(path, Rc::new(Memory::new(bytes.to_vec()))).head() else {
        return Vec::new();
    };
    let ending = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_owned());
    let name = NAMES.iter().position(|name| path.ends_with(name));
    let name = name.or_else(|| NAMES.iter().position(|name| ending(name) == ending(path)));
    let name = name.unwrap_or_default() as u8;
    let readers = (0..).zip(topic).filter(|(_, reader)| reader.recognises(&head));
    readers.map(|(reader, _): (u8, _)| [&[reader, name], bytes].concat()).collect()
}
