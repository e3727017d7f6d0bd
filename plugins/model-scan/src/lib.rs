//! Scanner plugin for formats of models that are no pickles, and for code,
//! configuration, programs and secrets beside them.

mod excerpts;

use nix_ai_model_scan_walk::{Budget, Reader, Rule, scan};
use nix_ai_model_sdk::{Failure, Files, Report, Scanner, export_scanner};
use serde::Deserialize;

/// The readers, by topic.
pub static READERS: &[&[&dyn Reader]] = &[
    nix_ai_model_scan_containers::READERS,
    nix_ai_model_scan_formats::READERS,
    nix_ai_model_scan_code::READERS,
    excerpts::READERS,
];

/// What it finds, by topic.
pub static RULES: &[&[&Rule]] = &[
    nix_ai_model_scan_walk::rules::ALL,
    nix_ai_model_scan_containers::RULES,
    nix_ai_model_scan_formats::RULES,
    nix_ai_model_scan_code::RULES,
];

/// Nothing is to be set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {}

/// The scanner.
pub struct ModelScan;

impl Scanner for ModelScan {
    type Config = Config;

    fn scan(files: &dyn Files, _: Config) -> Result<Report, Failure> {
        Ok(scan(files, &READERS.concat(), Budget::default()))
    }
}

export_scanner!(ModelScan);
