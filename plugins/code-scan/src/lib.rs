//! Scanner plugin for code that a model is loaded with: which files that is,
//! and what their names hold for each other, only all files together tell.

use nix_ai_model_scan_walk::{Budget, Reader, Rule, scan_those};
use nix_ai_model_sdk::{Failure, Files, Report, Scanner, export_scanner};
use serde::Deserialize;

/// The readers.
pub static READERS: &[&dyn Reader] = nix_ai_model_scan_code::TOGETHER;

/// What it finds, by topic.
pub static RULES: &[&[&Rule]] =
    &[nix_ai_model_scan_walk::rules::ALL, nix_ai_model_scan_code::RULES];

/// Nothing is to be set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {}

/// The scanner.
pub struct CodeScan;

impl Scanner for CodeScan {
    type Config = Config;

    fn scan(files: &dyn Files, _: Config) -> Result<Report, Failure> {
        let budget = Budget::default();
        Ok(scan_those(files, READERS, budget, nix_ai_model_scan_code::is_for_all_together))
    }
}

export_scanner!(CodeScan);
