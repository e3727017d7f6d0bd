//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

mod account;
mod arrow;
mod base64;
pub mod boosting;
mod caffe;
mod companion;
mod coreml;
mod counted;
mod dbm;
mod duckdb;
mod engine;
mod executorch;
mod exported;
mod flatbuffer;
mod foreign;
mod gguf;
pub mod hdf5;
mod hlo;
mod index;
mod java;
mod julia;
pub mod keras;
mod lmdb;
pub mod mat;
pub mod mlflow;
mod msgpack;
mod names;
mod office;
mod ollama;
mod onnx;
mod openvino;
mod paddle;
mod picture;
mod piece;
mod piped;
mod plain;
pub mod pmml;
mod pointer;
mod pojo;
mod protobuf;
mod prototext;
pub mod rdata;
mod safetensors;
pub mod script;
mod sentencepiece;
pub mod skops;
mod sqlite;
mod stored;
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
    &arrow::Arrow,
    &arrow::Parquet,
    &boosting::CatBoost,
    &boosting::LightGbm,
    &boosting::XgboostBinary,
    &boosting::XgboostJson,
    &boosting::XgboostUbjson,
    &caffe::Caffe,
    &companion::Companion,
    &coreml::CoreMl,
    &counted::FastText,
    &counted::Ncnn,
    &coreml::Mil,
    &dbm::Dbm,
    &duckdb::DuckDb,
    &engine::Engine,
    &executorch::ExecuTorch,
    &exported::Compiled,
    &exported::Exported,
    &gguf::Ggml,
    &gguf::Gguf,
    &hdf5::Hdf5,
    &hlo::Hlo,
    &index::Index,
    &java::Java,
    &java::JavaXml,
    &java::Manifest,
    &julia::Julia,
    &keras::Config,
    &keras::Metadata,
    &keras::SavedObjects,
    &keras::Yaml,
    &lmdb::Lmdb,
    &mat::Mat,
    &mlflow::Mlflow,
    &msgpack::MsgPack,
    &ollama::Modelfile,
    &office::Relationships,
    &onnx::Onnx,
    &onnx::OnnxText,
    &openvino::OpenVino,
    &paddle::Paddle,
    &paddle::PaddleJson,
    &picture::Picture,
    &piped::Kaldi,
    &plain::Plain,
    &pmml::Pmml,
    &pointer::Latest,
    &pointer::Properties,
    &pojo::Pojo,
    &rdata::Rdata,
    &safetensors::Safetensors,
    &sentencepiece::SentencePiece,
    &skops::Skops,
    &sqlite::Sqlite,
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
    arrow::RULES,
    boosting::RULES,
    caffe::RULES,
    companion::RULES,
    coreml::RULES,
    counted::RULES,
    duckdb::RULES,
    engine::RULES,
    executorch::RULES,
    exported::RULES,
    gguf::RULES,
    hdf5::rules::ALL,
    hlo::RULES,
    index::RULES,
    java::RULES,
    julia::RULES,
    keras::rules::ALL,
    mat::RULES,
    mlflow::RULES,
    msgpack::RULES,
    ollama::RULES,
    office::RULES,
    onnx::RULES,
    openvino::RULES,
    paddle::RULES,
    piped::RULES,
    pmml::RULES,
    pointer::RULES,
    pojo::RULES,
    rdata::RULES,
    safetensors::RULES,
    script::RULES,
    sentencepiece::RULES,
    skops::RULES,
    sqlite::RULES,
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
