//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

pub mod boosting;
mod caffe;
mod coreml;
mod engine;
mod executorch;
mod flatbuffer;
mod foreign;
mod gguf;
pub mod hdf5;
mod index;
mod java;
pub mod keras;
pub mod mat;
pub mod mlflow;
mod msgpack;
mod names;
mod onnx;
mod openvino;
mod paddle;
mod piece;
pub mod pmml;
mod protobuf;
mod prototext;
pub mod rdata;
mod safetensors;
pub mod script;
pub mod skops;
mod suspect;
mod tensorflow;
#[cfg(test)]
mod testing;
mod text;
mod tflite;
pub mod torchscript;
pub mod torchserve;
mod triton;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &boosting::CatBoost,
    &boosting::LightGbm,
    &boosting::XgboostBinary,
    &boosting::XgboostJson,
    &boosting::XgboostUbjson,
    &coreml::CoreMl,
    &engine::Engine,
    &executorch::ExecuTorch,
    &gguf::Ggml,
    &gguf::Gguf,
    &hdf5::Hdf5,
    &index::Index,
    &java::Java,
    &java::JavaXml,
    &keras::Config,
    &keras::Metadata,
    &keras::SavedObjects,
    &keras::Yaml,
    &mat::Mat,
    &mlflow::Mlflow,
    &msgpack::MsgPack,
    &onnx::Onnx,
    &openvino::OpenVino,
    &paddle::Paddle,
    &paddle::PaddleJson,
    &pmml::Pmml,
    &rdata::Rdata,
    &safetensors::Safetensors,
    &skops::Skops,
    &tensorflow::TensorFlow,
    &tensorflow::TextGraph,
    &tflite::TfLite,
    &torchscript::Bytecode,
    &torchscript::TorchScript,
    &torchserve::TorchServe,
    &triton::Triton,
];

/// The rules of this crate, by reader.
pub static RULES: &[&Rule] = &joined::<{ count(LISTS) }>(LISTS);

/// The rules of each reader.
const LISTS: &[&[&Rule]] = &[
    boosting::RULES,
    caffe::RULES,
    coreml::RULES,
    engine::RULES,
    executorch::RULES,
    gguf::RULES,
    hdf5::rules::ALL,
    index::RULES,
    java::RULES,
    keras::rules::ALL,
    mat::RULES,
    mlflow::RULES,
    msgpack::RULES,
    onnx::RULES,
    openvino::RULES,
    paddle::RULES,
    pmml::RULES,
    rdata::RULES,
    safetensors::RULES,
    script::RULES,
    skops::RULES,
    tensorflow::RULES,
    tflite::RULES,
    torchscript::RULES,
    torchserve::RULES,
    triton::RULES,
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
