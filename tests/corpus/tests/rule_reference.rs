//! `docs/reference/rules.md` is what the code has. With
//! `NIX_AI_MODEL_UPDATE_DOCS=1` it is written anew.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use nix_ai_model_core::scan::rules as host;
use nix_ai_model_scan_walk::{Level, Rule};

/// The scanners, and the rules of each.
fn scanners() -> [(&'static str, &'static str, &'static [&'static Rule]); 5] {
    [
        ("Every scanner", "what could not be judged", nix_ai_model_scan_walk::rules::ALL),
        ("Every scanner: containers", "archives and streams", nix_ai_model_scan_containers::RULES),
        ("pickle-scan", "pickles and what holds them", nix_ai_model_scan_pickle::RULES),
        ("model-scan", "formats of models", nix_ai_model_scan_formats::RULES),
        (
            "model-scan: code",
            "code, configuration, programs, secrets",
            nix_ai_model_scan_code::RULES,
        ),
    ]
}

fn name(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
        Level::Critical => "critical",
        Level::Unjudged => "unjudged",
    }
}

fn reference() -> String {
    let mut page = String::from(
        "# Rules of the scanners\n\n\
         Made from the code; [how models are scanned](../explanation/scanning.md) says what the levels mean. \
         The level is the one of a finding that does not say otherwise: some rules depend on what was found.\n",
    );
    page.push_str(
        "\n## The program itself\n\nFor files and folders, and for scanners that were stopped.\n",
    );
    let mut rules = host::ALL.to_vec();
    rules.sort_by_key(|rule| rule.id);
    for host::Rule { id, level, title, why, advice } in rules {
        write!(page, "\n### `{id}`\n\n**{title}** ({level}). {why}\n\n{advice}\n").unwrap();
    }
    for (scanner, topic, rules) in scanners() {
        write!(page, "\n## {scanner}\n\nFor {topic}.\n").unwrap();
        let mut rules = rules.to_vec();
        rules.sort_by_key(|rule| rule.id);
        for Rule { id, level, title, why, advice } in rules {
            let level = name(*level);
            write!(page, "\n### `{id}`\n\n**{title}** ({level}). {why}\n\n{advice}\n").unwrap();
        }
    }
    page
}

#[test]
fn the_reference_is_what_the_code_has() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/rules.md");
    let reference = reference();
    if std::env::var_os("NIX_AI_MODEL_UPDATE_DOCS").is_some() {
        fs::write(&path, &reference).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == reference,
        "docs/reference/rules.md is not what the code has; run this test with NIX_AI_MODEL_UPDATE_DOCS=1"
    );
}

#[test]
fn a_rule_is_one_thing_and_says_all_of_it() {
    let mut ids: BTreeSet<&str> = host::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), host::ALL.len());
    for (scanner, _, rules) in scanners() {
        for Rule { id, title, why, advice, .. } in rules {
            assert!(ids.insert(*id), "{scanner}: two rules are {id}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "/-".contains(c);
            assert!(id.chars().all(plain) && id.matches('/').count() == 1, "{id}");
            assert!(!title.is_empty() && !title.ends_with('.'), "{id}: {title}");
            for sentence in [why, advice] {
                assert!(sentence.ends_with('.') && sentence.len() > 10, "{id}: {sentence}");
            }
        }
    }
}
