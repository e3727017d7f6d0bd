//! The bench of scanners begins, whatever scanners are here. It is not timed
//! here.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use nix_ai_model_testkit::skip;

const TEST: &str = "goals_are_printed_and_written";

#[test]
fn goals_are_printed_and_written() {
    if !Path::new("/usr/bin/time").exists() {
        return skip(TEST, "no GNU time; cargo xtask test installs it");
    }
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    fs::create_dir_all(corpus.join("benign/one")).unwrap();
    fs::write(corpus.join("benign/one/data.json"), "{}").unwrap();
    let list = r#"[{"name": "one", "family": "plain", "format": "json", "verdict": "benign"}]"#;
    fs::write(corpus.join("samples.json"), list).unwrap();
    let document = folder.path().join("scan.md");
    fs::write(&document, "Before.\n<!-- measured -->\nold\n<!-- end of measured -->\nAfter.\n")
        .unwrap();
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench-scan"));
    bench.args(["--quick", "--rounds", "1", "--scanners"]).arg(folder.path());
    bench.arg("--document").arg(&document);
    let output = bench.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    for line in ["### What must be reached", "### Detection", "### dense opcodes", "| crashes "] {
        assert!(printed.lines().any(|printed| printed.starts_with(line)), "{line}: {printed}");
    }
    let written = fs::read_to_string(&document).unwrap();
    assert!(written.starts_with("Before.\n") && written.ends_with("After.\n"), "{written}");
    assert!(written.contains(printed.trim()) && !written.contains("old"), "{written}");
}
