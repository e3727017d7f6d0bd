//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

pub mod hdf5;
mod json;
pub mod keras;
mod names;
pub mod skops;
mod text;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] =
    &[&hdf5::Hdf5, &keras::Config, &keras::Metadata, &keras::Yaml, &skops::Skops];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = &[
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
    &skops::ACCESS,
    &skops::REFERENCE,
    &skops::LOADER,
    &skops::UNKNOWN,
];
