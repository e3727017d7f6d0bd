//! A scanner plugin: programs and private keys have no place in a model.

mod rules;

use std::io::Read as _;

use nix_ai_model_sdk::{Entry, Failure, Files, Reader, Report, Scanner};
use serde::Deserialize;

/// What the user may set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Files of more bytes are not judged.
    #[serde(default = "one_mebibyte")]
    largest: u64,
}

fn one_mebibyte() -> u64 {
    1 << 20
}

/// The scanner.
pub struct TinyScanner;

impl Scanner for TinyScanner {
    type Config = Config;

    fn scan(files: &dyn Files, config: Config) -> Result<Report, Failure> {
        let mut report = Report::new();
        for file in files.list() {
            if file.size <= config.largest {
                let bytes = read(files, &file)?;
                report.judge(&file, rules::program(&file, &bytes));
                report.findings.extend(rules::private_key(&file, &bytes));
            }
        }
        Ok(report)
    }
}

fn read(files: &dyn Files, file: &Entry) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    Reader::new(files, file)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::internal(format!("{} cannot be read: {error}", file.path)))?;
    Ok(bytes)
}

nix_ai_model_sdk::export_scanner!(TinyScanner);

#[cfg(test)]
mod tests;
