use nix_ai_model_sdk::testing::ScriptedFiles;
use nix_ai_model_sdk::{Scanner as _, read_config};

use crate::Scripts;

fn found(config: &str) -> Vec<String> {
    let files = ScriptedFiles::new()
        .file("config.json", "{}")
        .file("run.sh", "#!/bin/sh\n");
    let config = read_config(config).expect("the configuration is right");
    let report = Scripts::scan(&files, config).expect("the files can be read");
    assert_eq!(report.judged, [0, 1]);
    report
        .findings
        .into_iter()
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn scripts_are_found() {
    assert_eq!(found(""), ["script"]);
}

#[test]
fn scripts_can_be_allowed() {
    assert!(found(r#"{"allow": ["run.sh"]}"#).is_empty());
}
