//! Real programs that tests run against, and saying loudly where one is
//! missing.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

/// Names the Python environment that has the real clients.
pub const VENV_VARIABLE: &str = "NIX_AI_MODEL_TEST_VENV";

/// Names the file to which every skipped test adds a line.
pub const SKIPS_VARIABLE: &str = "NIX_AI_MODEL_TEST_SKIPS";

/// The workspace's root folder.
pub fn workspace_root() -> PathBuf {
    let testkit = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = testkit.ancestors().nth(2);
    root.expect("the test kit is two folders below the root").to_owned()
}

/// A program (`hf`, `python`) of the tests' Python environment: the one that
/// [`VENV_VARIABLE`] names, else `.local/venv` in the workspace.
pub fn python_program(name: &str) -> Option<PathBuf> {
    let venv = std::env::var_os(VENV_VARIABLE).map(PathBuf::from);
    let venv = venv.unwrap_or_else(|| workspace_root().join(".local/venv"));
    let program = venv.join("bin").join(name);
    program.is_file().then_some(program)
}

/// A port of loopback that nobody listens at, for a program that cannot choose
/// one itself.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Says that a test could not be run, on standard error and in the file that
/// [`SKIPS_VARIABLE`] names.
///
/// # Panics
/// Where that file cannot be written: a skip that nobody counts is a lie.
pub fn skip(test: &str, reason: &str) {
    let line = format!("SKIPPED: {test}: {reason}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(file) = std::env::var_os(SKIPS_VARIABLE) {
        let opened = OpenOptions::new().create(true).append(true).open(&file);
        let written = opened.and_then(|mut file| file.write_all(line.as_bytes()));
        assert!(written.is_ok(), "{}: {written:?}", Path::new(&file).display());
    }
}
