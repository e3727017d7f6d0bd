//! What a file is found to hold, in tests.

use nix_ai_model_scan_walk::{Budget, Level, Reader, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

/// The rules and levels that this reader tells of a file, in order.
pub fn found(reader: &'static dyn Reader, path: &str, bytes: &[u8]) -> Vec<(String, Level)> {
    found_by(&[reader], path, bytes)
}

/// The same with several readers.
pub fn found_by(readers: &[&dyn Reader], path: &str, bytes: &[u8]) -> Vec<(String, Level)> {
    let files = ScriptedFiles::new().file(path, bytes);
    let report = scan(&files, readers, Budget::default());
    report.findings.into_iter().map(|finding| (finding.rule, finding.level)).collect()
}

/// Whether the default policy fails a file with these findings.
pub fn fails(found: &[(String, Level)]) -> bool {
    found.iter().any(|(_, level)| matches!(level, Level::High | Level::Critical | Level::Unjudged))
}
