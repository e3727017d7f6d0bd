//! The scanner plugin `my-scanner`.

use nix_ai_model_sdk::{Entry, Failure, Files, Finding, Report, Scanner, Severity};
use serde::Deserialize;

/// What users may set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Paths of files that may be scripts.
    #[serde(default)]
    pub allow: Vec<String>,
}

/// Finds scripts.
pub struct Scripts;

impl Scanner for Scripts {
    type Config = Config;

    fn scan(files: &dyn Files, config: Config) -> Result<Report, Failure> {
        let mut report = Report::new();
        for file in files.list() {
            let begin = files.read_at(file.id, 0, 2)?;
            let is_allowed = config.allow.contains(&file.path);
            report.judge(&file, script(&file, &begin).filter(|_| !is_allowed));
        }
        Ok(report)
    }
}

fn script(file: &Entry, begin: &[u8]) -> Option<Finding> {
    let finding = Finding::new(
        "script",
        Severity::Medium,
        file,
        "it begins as a script does",
    );
    (begin == b"#!").then(|| finding.at(0).with_advice("read it before you run it"))
}

nix_ai_model_sdk::export_scanner!(Scripts);

#[cfg(test)]
mod tests;
