use nix_ai_model_sdk::testing::ScriptedFiles;
use nix_ai_model_sdk::{FailureKind, Scanner as _, read_config};

use crate::TinyScanner;

#[test]
fn programs_and_keys_are_found() {
    let files = ScriptedFiles::new()
        .file("config.json", "{}")
        .file("key.txt", "mine:\n-----BEGIN RSA PRIVATE KEY-----\n")
        .file("run.sh", "#!/bin/sh\n");
    let config = read_config("").expect("it has no fields that must be set");
    let report = TinyScanner::scan(&files, config).expect("the files can be read");
    let found = report.findings.iter().map(|f| (f.rule.as_str(), f.file, f.offset));
    assert_eq!(found.collect::<Vec<_>>(), [("private-key", 1, Some(6)), ("program", 2, Some(0))]);
    assert_eq!(report.judged, [0, 1, 2]);
}

#[test]
fn what_is_too_large_is_not_judged() {
    let files = ScriptedFiles::new().file("run.sh", "#!/bin/sh\n");
    let config = read_config(r#"{"largest": 3}"#).expect("it is a number");
    let report = TinyScanner::scan(&files, config).expect("nothing is read");
    assert!(report.findings.is_empty() && report.judged.is_empty());
}

#[test]
fn a_misspelt_setting_is_named() {
    let failure = read_config::<crate::Config>(r#"{"larges": 3}"#).err().expect("it is unknown");
    assert_eq!(failure.kind, FailureKind::InvalidSpec);
    assert_eq!(failure.hint.as_deref(), Some("did you mean \"largest\"?"));
}
