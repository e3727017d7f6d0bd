//! The bench runs, whatever tools are here. It is not timed here.
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

const TEST: &str = "figures_are_printed_and_written_of_every_case";

#[test]
fn figures_are_printed_and_written_of_every_case() {
    if !Path::new("/usr/sbin/nginx").exists() || !Path::new("/usr/bin/time").exists() {
        return skip(TEST, "no nginx or GNU time; cargo xtask test installs them");
    }
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("fetch.md");
    fs::write(&document, "Before.\n<!-- measured -->\nold\n<!-- end of measured -->\nAfter.\n")
        .unwrap();
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench-fetch"));
    bench.args(["--quick", "--rounds", "1", "--document"]).arg(&document);
    let output = bench.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    for line in ["### a: ", "### b: ", "### c: ", "### d: ", "| nix-ai-model prefetch", "| 8 GiB "]
    {
        assert!(printed.lines().any(|printed| printed.starts_with(line)), "{line}: {printed}");
    }
    let written = fs::read_to_string(&document).unwrap();
    assert!(written.starts_with("Before.\n") && written.ends_with("After.\n"), "{written}");
    assert!(written.contains(printed.trim()) && !written.contains("old"), "{written}");
    let plot = fs::read_to_string(folder.path().join("fetch.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.matches("class=\"ours\"").count() == 8, "{plot}");
}
