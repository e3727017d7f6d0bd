//! What pickles are judged to be.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_scan_pickle::READERS;
use nix_ai_model_scan_walk::{Budget, Level, scan};
use nix_ai_model_sdk::Finding;
use nix_ai_model_sdk::testing::ScriptedFiles;

fn findings(name: &str, bytes: &[u8]) -> Vec<Finding> {
    let files = ScriptedFiles::new().file(name, bytes);
    scan(&files, READERS, Budget::default()).findings
}

#[test]
fn a_name_and_a_call_are_told() {
    let found = findings("a.bin", b"\x80\x02cos\nsystem\nX\x0b\0\0\0echo inert!\x85R.");
    assert_eq!(found.len(), 1, "{found:#?}");
}
