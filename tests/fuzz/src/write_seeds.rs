//! Writes the seeds of a target into a folder, for the fuzzer to begin with.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a tool of the tests")]

use std::fs;
use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let (target, folder) = (arguments.next().unwrap(), PathBuf::from(arguments.next().unwrap()));
    let seeds = nix_ai_model_fuzz_targets::seeds(&target.to_string_lossy());
    for (number, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number:05}")), seed).unwrap();
    }
}
