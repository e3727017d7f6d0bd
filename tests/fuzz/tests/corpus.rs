//! The targets hold for what is known to be tricky, and for what is near it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use nix_ai_model_fuzz_targets::{TARGETS, seeds};
use nix_ai_model_testkit::{Dice, workspace_root};

/// Changed inputs for each target.
const CHANGED: u64 = 20_000;
/// And for the readers of scanners: a minute together.
const CHANGED_FILES: u64 = 800_000;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no inputs");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Changes some bytes, takes some away, and puts some of another input in.
fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..dice.between(1..=4) {
        let at = dice.between(0..=bytes.len() as u64) as usize;
        match dice.between(0..=3) {
            0 if at < bytes.len() => bytes[at] = dice.number() as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, dice.pick(b"0123456789-/*;=,<>\" \t")),
            _ => {
                let from = dice.between(0..=other.len() as u64) as usize;
                bytes.splice(at..at, other[from..].iter().copied());
            }
        }
    }
}

#[test]
fn every_target_holds_for_its_corpus_and_for_what_is_near_it() {
    for (name, target) in TARGETS {
        let corpus = [corpus(name), seeds(name)].concat();
        corpus.iter().for_each(|input| target(input));
        let mut dice = Dice::of(1, name);
        let changed = if name.starts_with("scan_") { CHANGED_FILES } else { CHANGED };
        for _ in 0..changed {
            let mut pick = || corpus[dice.between(0..=corpus.len() as u64 - 1) as usize].clone();
            let (mut input, other) = (pick(), pick());
            change(&mut input, &other, &mut dice);
            target(&input);
        }
    }
}

/// `fuzz/` is no part of this workspace, and is compiled by the fuzzer alone.
#[test]
fn every_target_is_fuzzed() {
    let manifest = fs::read_to_string(workspace_root().join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        let binary = workspace_root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(&binary).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(text.contains(&format!("targets::{name}(data)")), "{text}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in the manifest");
    }
}
