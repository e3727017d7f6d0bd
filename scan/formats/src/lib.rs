//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

mod foreign;
mod gguf;
pub mod hdf5;
mod json;
pub mod keras;
mod onnx;
mod protobuf;
mod safetensors;
mod suspect;
mod tensorflow;
#[cfg(test)]
mod testing;
mod text;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &gguf::Ggml,
    &gguf::Gguf,
    &hdf5::Hdf5,
    &keras::Config,
    &keras::Metadata,
    &keras::Yaml,
    &onnx::Onnx,
    &safetensors::Safetensors,
    &tensorflow::TensorFlow,
    &tensorflow::TextGraph,
];

/// The rules of this crate, by reader.
pub static RULES: &[&Rule] = &joined::<{ count(LISTS) }>(LISTS);

/// The rules of each reader.
const LISTS: &[&[&Rule]] = &[
    gguf::RULES,
    keras::rules::ALL,
    onnx::RULES,
    safetensors::RULES,
    tensorflow::RULES,
];

const fn count(lists: &[&[&Rule]]) -> usize {
    let (mut count, mut list) = (0, 0);
    while list < lists.len() {
        count += lists[list].len();
        list += 1;
    }
    count
}

const fn joined<const COUNT: usize>(lists: &[&[&'static Rule]]) -> [&'static Rule; COUNT] {
    let mut all = [lists[0][0]; COUNT];
    let (mut place, mut list) = (0, 0);
    while list < lists.len() {
        let mut rule = 0;
        while rule < lists[list].len() {
            all[place] = lists[list][rule];
            place += 1;
            rule += 1;
        }
        list += 1;
    }
    all
}
