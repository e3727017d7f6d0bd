//! Finds the version of wasmtime that is linked: compiled plugins are only
//! good for the version that compiled them.
#![allow(clippy::disallowed_methods, reason = "a build script")]

fn main() {
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    let lock = std::fs::read_to_string("../../Cargo.lock").expect("the workspace has a lock file");
    let version = lock
        .split("[[package]]")
        .find(|package| package.contains("\nname = \"wasmtime\"\n"))
        .and_then(|package| package.lines().find_map(|line| line.strip_prefix("version = ")))
        .expect("wasmtime is locked")
        .trim_matches('"');
    println!("cargo::rustc-env=WASMTIME_VERSION={version}");
}
