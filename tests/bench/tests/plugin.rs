//! The bench runs, whatever plugins are built in. It is not timed here.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

use std::process::Command;

#[test]
fn figures_are_printed_of_every_built_in_plugin() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/tiny-registry/plugin.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_bench-plugin")).arg(manifest).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let plugins = nix_ai_model_builtin::plugins().iter().map(|plugin| plugin.name);
    for line in plugins.chain([
        "host start to first call",
        "call into a loaded guest",
        "plan of 10000 files",
    ]) {
        assert!(printed.lines().any(|printed| printed.starts_with(line)), "{line}: {printed}");
    }
}
