//! No name that a real library writes into its files is dangerous: those that it
//! calls are innocuous, or their arguments decide.

use nix_ai_model_scan_names::{Tier, tier};

/// The globals of pickles that were made with the libraries themselves, of each
/// class that they have, and of published checkpoints: a module, a colon, names.
const GENUINE: &str = include_str!("genuine.txt");

#[test]
fn every_genuine_name_is_innocuous() {
    let mut missed = Vec::new();
    for line in GENUINE.lines().filter(|line| !line.starts_with('#')) {
        let Some((module, names)) = line.split_once(": ") else { continue };
        for name in names.split_whitespace() {
            match tier(module, name) {
                Tier::Innocuous | Tier::ByArguments(_) => {}
                other => missed.push(format!("{module} {name}: {other:?}")),
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
