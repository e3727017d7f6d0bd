//! A real build whose builder writes our log.

use std::fs;

use nix_ai_model_core::grant::Grant;
use nix_ai_model_core::plan::{Limits, Plan, RawFile, RawLocator, RawPlan};
use nix_ai_model_core::ports::{Event, Reporter as _};
use nix_ai_model_core::spec::Selection;
use nix_ai_model_nix::BuildLog;
use serde_json::{Value, json};

use crate::peer::{nix, skipped};

fn log() -> Vec<u8> {
    let file = |path: &str, length| RawFile {
        path: path.to_owned(),
        size: None,
        digests: Vec::new(),
        executable: false,
        locator: RawLocator::Inline(vec![0; length]),
        mirrors: Vec::new(),
    };
    let raw = RawPlan {
        reference: "org/m".to_owned(),
        pin: "p".to_owned(),
        files: vec![
            RawFile { size: Some(7000), ..file("a.bin", 7000) },
            RawFile { size: Some(3000), ..file("b.bin", 3000) },
        ],
    };
    let selection = Selection::default();
    let plan = Plan::check("hf", raw, &selection, &Grant::default(), Limits::default()).unwrap();
    let log = BuildLog::new(Vec::new());
    log.event(Event::Planned(&plan));
    log.event(Event::Started { file: 0, resumed: 0 });
    log.event(Event::Progress { file: 0, done: 7000, total: Some(7000) });
    log.event(Event::Note("a note"));
    log.into_inner()
}

#[test]
fn nix_shows_the_builders_transfers() {
    let Some(nix) = nix() else { return };
    fs::write(nix.folder().join("log"), log()).unwrap();
    let expression = r#"derivation {
        name = "x";
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-c" "while read -r line; do echo \"$line\" >&2; done < ${./log}; echo > $out" ];
    }"#;
    fs::write(nix.folder().join("build.nix"), expression).unwrap();
    let store = nix.store();
    let build = ["build", "--store", &store, "--impure", "--no-link", "-f", "build.nix"];
    let output = nix.run("nix", &[&build[..], &["--log-format", "internal-json"]].concat());
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && text.contains("namespace") {
        return skipped("Nix cannot build in a namespace here");
    }
    assert!(output.status.success(), "{text}");
    let told: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("@nix ")?).ok())
        .collect();
    let started = |text: &str| {
        let found = told.iter().find(|line| line["action"] == "start" && line["text"] == text);
        found.unwrap_or_else(|| panic!("no {text} in {told:#?}"))["id"].clone()
    };
    let result = |id: Value, kind: u64, fields: Value| {
        let wanted =
            |line: &&Value| line["id"] == id && line["type"] == kind && line["fields"] == fields;
        assert!(told.iter().any(|line| wanted(&line)), "no {kind} {fields} in {told:#?}");
    };
    result(started("downloading hf:org/m"), 106, json!([101, 10_000]));
    result(started("downloading a.bin"), 105, json!([7000, 7000, 0, 0]));
    assert!(told.iter().any(|line| line["action"] == "msg" && line["msg"] == "a note"));
}
