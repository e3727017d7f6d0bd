//! A few runs of every kind, the same ones each time. `cargo xtask chaos` has
//! hundreds.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::process::Command;

use nix_ai_model_testkit::skip;

/// What the runner writes before what it could not play.
const SKIPPED: &str = "!! SKIPPED ";

#[test]
fn every_run_ends_in_the_right_bytes_or_the_right_error() {
    let chaos = Command::new(env!("CARGO_BIN_EXE_chaos"))
        .args(["--seed", "1", "--runs", "24", "--jobs", "4", "--verbose"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&chaos.stdout);
    for line in said.lines().filter_map(|line| line.strip_prefix(SKIPPED)) {
        skip("every_run_ends_in_the_right_bytes_or_the_right_error", line);
    }
    let errors = String::from_utf8_lossy(&chaos.stderr);
    assert!(chaos.status.success(), "{said}{errors}");
    assert!(said.contains("24 runs"), "{said}");
}
