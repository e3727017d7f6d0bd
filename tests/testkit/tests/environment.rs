//! Clean environments, programs in them, and made-up repositories.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand outside the rooms"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use nix_ai_model_testkit::{Environment, Fixture};
use tempfile::TempDir;

#[test]
fn programs_see_nothing_of_the_machine() {
    let environment = Environment::new().unwrap();
    let run = environment.program("env").variable("EXTRA", "1").run().unwrap().succeeded();
    let mut names: Vec<_> =
        run.stdout.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    names.sort_unstable();
    let expected = [
        "EXTRA",
        "HOME",
        "LANG",
        "PATH",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_STATE_HOME",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_run_tells_its_end() {
    let environment = Environment::new().unwrap();
    let script = "cat; echo problem >&2; exit 3";
    let run = environment.program("sh").args(["-c", script]).input("text").run().unwrap();
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (Some(3), "text", "problem\n")
    );
    let running = environment.program("sleep").arg("1000").start().unwrap();
    running.interrupt().unwrap();
    let run = running.wait().unwrap();
    assert_eq!((run.code, run.signal), (None, Some(2)));
}

#[test]
fn a_program_that_hangs_is_ended() {
    let environment = Environment::new().unwrap();
    let hung = environment.program("sleep").arg("1000").deadline(Duration::from_millis(20)).run();
    assert_eq!(hung.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn differences_are_found() {
    let folder = TempDir::new().unwrap();
    let fixture = Fixture::small_model();
    fixture.write_to(folder.path()).unwrap();
    assert!(fixture.differences(folder.path()).unwrap().is_empty());
    std::fs::write(folder.path().join("config.json"), "x").unwrap();
    std::fs::write(folder.path().join("more"), "x").unwrap();
    std::fs::remove_file(folder.path().join("README.md")).unwrap();
    let expected = ["extra: more", "missing: README.md", "different: config.json"];
    assert_eq!(fixture.differences(folder.path()).unwrap(), expected);
}
