//! The Nix library's own tests, by each version of Nix.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use nix_ai_model_e2e::nix::Nix;
use nix_ai_model_testkit::{Environment, workspace_root};

#[test]
fn evaluation_errors_and_flake() {
    for nix in Nix::versions("nix_library") {
        let environment = Environment::new().unwrap();
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", nix.folder().display());
        let run = environment
            .program(workspace_root().join("tests/nix/run.sh"))
            .variable("PATH", path)
            .run();
        let _ = run.unwrap().succeeded();
    }
}
