//! Every name of which it is published that it is a gadget is dangerous, or its
//! arguments decide.

use nix_ai_model_scan_names::{Tier, tier};

/// From the deny lists of public scanners, their advisories, and published
/// research: modules, a colon, names; `*` stands for any.
const PUBLISHED: &str = include_str!("published.txt");

#[test]
fn every_published_gadget_is_dangerous() {
    let mut missed = Vec::new();
    for line in PUBLISHED.lines().filter(|line| !line.starts_with('#')) {
        let Some((module, names)) = line.split_once(": ") else { continue };
        for name in names.split_whitespace() {
            let name = if name == "*" { "some_function" } else { name };
            match tier(module, name) {
                Tier::Dangerous(_) | Tier::ByArguments(_) => {}
                other => missed.push(format!("{module} {name}: {other:?}")),
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
