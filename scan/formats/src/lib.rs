//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

pub mod boosting;
pub mod hdf5;
mod json;
pub mod keras;
pub mod mat;
pub mod mlflow;
mod names;
pub mod pmml;
pub mod rdata;
pub mod script;
pub mod skops;
mod text;
pub mod torchscript;
pub mod torchserve;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &boosting::CatBoost,
    &boosting::LightGbm,
    &boosting::XgboostBinary,
    &boosting::XgboostJson,
    &boosting::XgboostUbjson,
    &hdf5::Hdf5,
    &keras::Config,
    &keras::Metadata,
    &keras::Yaml,
    &mat::Mat,
    &mlflow::Mlflow,
    &pmml::Pmml,
    &rdata::Rdata,
    &skops::Skops,
    &torchscript::TorchScript,
    &torchserve::TorchServe,
];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = &[
    &boosting::MEASURE,
    &boosting::PATH,
    &hdf5::rules::FILTER,
    &hdf5::rules::FOREIGN,
    &hdf5::rules::LINK,
    &hdf5::rules::STORAGE,
    &hdf5::rules::VIRTUAL,
    &keras::rules::CODE,
    &keras::rules::CUSTOM,
    &keras::rules::FILE,
    &keras::rules::LAMBDA,
    &keras::rules::LOADER,
    &keras::rules::REFERENCE,
    &keras::rules::TWICE,
    &keras::rules::UNKNOWN,
    &mat::OBJECT,
    &mlflow::CODE,
    &mlflow::LOADER,
    &mlflow::OUTSIDE,
    &pmml::ENTITY,
    &pmml::FUNCTION,
    &pmml::INCLUDE,
    &rdata::CALL,
    &rdata::PROMISE,
    &script::CODE,
    &skops::ACCESS,
    &skops::REFERENCE,
    &skops::LOADER,
    &skops::UNKNOWN,
    &torchscript::CUSTOM,
    &torchscript::OPERATOR,
    &torchserve::HANDLER,
    &torchserve::OUTSIDE,
    &torchserve::REFERENCE,
];
