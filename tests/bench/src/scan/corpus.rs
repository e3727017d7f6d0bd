//! The samples as they lie in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::options::Options;

#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) format: String,
    pub(crate) malicious: bool,
    /// The file, where it is one; else the folder.
    pub(crate) path: PathBuf,
}

/// All of the corpus, and the files of the real model.
pub(crate) fn samples(options: &Options) -> Vec<Sample> {
    let corpus = options.scanners.join("corpus");
    let list = fs::read_to_string(corpus.join("samples.json")).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    let mut samples: Vec<_> = list.iter().map(|sample| read(&corpus, sample)).collect();
    if options.quick {
        samples = samples.into_iter().step_by(200).collect();
    }
    samples
}

fn read(corpus: &Path, sample: &Value) -> Sample {
    let text = |key: &str| sample[key].as_str().unwrap().to_owned();
    let folder = corpus.join(text("verdict")).join(text("name"));
    let mut entries = fs::read_dir(&folder).unwrap();
    let only = entries.next().map(|entry| entry.unwrap().path());
    let path = match only {
        Some(only) if only.is_file() && entries.next().is_none() => only,
        _ => folder,
    };
    let malicious = text("verdict") == "malicious";
    Sample { name: text("name"), family: text("family"), format: text("format"), malicious, path }
}
