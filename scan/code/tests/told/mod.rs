#![allow(dead_code, reason = "each test file uses a part of it")]

use nix_ai_model_scan_code::READERS;
use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::Finding;
use nix_ai_model_sdk::testing::ScriptedFiles;

/// What the readers tell of one file.
pub fn of(path: &str, bytes: impl Into<Vec<u8>>) -> Vec<Finding> {
    let files = ScriptedFiles::new().file(path, bytes);
    scan(&files, READERS, Budget::default()).findings
}

/// Whether the default policy refuses the file.
pub fn is_refused(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| matches!(finding.level, Level::High | Level::Critical | Level::Unjudged))
}

/// Asserts that every file is refused, and says which are not.
pub fn all_refused(files: &[(&str, &str)]) {
    let missed: Vec<_> = files
        .iter()
        .filter(|(path, text)| !is_refused(&of(path, *text)))
        .map(|(path, text)| format!("{path}: {text}"))
        .collect();
    assert!(missed.is_empty(), "{} not refused:\n{}", missed.len(), missed.join("\n----\n"));
}

/// Asserts that no file is refused, and says which are.
pub fn none_refused(files: &[(&str, &str)]) {
    let wrong: Vec<_> = files
        .iter()
        .map(|(path, text)| (path, text, of(path, *text)))
        .filter(|(.., findings)| is_refused(findings))
        .map(|(path, text, findings)| format!("{path}: {text}\n{findings:#?}"))
        .collect();
    assert!(wrong.is_empty(), "{} refused:\n{}", wrong.len(), wrong.join("\n----\n"));
}
