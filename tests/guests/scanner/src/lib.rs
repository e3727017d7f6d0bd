//! A scanner plugin that misbehaves as its config says, or the first file.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a guest acts"))]

use std::sync::atomic::{AtomicU32, Ordering};

use nix_ai_model_sdk::{Entry, Failure, Files, Finding, Report, Scanner, Severity};
use serde::Deserialize;
use serde::de::value::StrDeserializer;

/// What to do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it is left out, a file that begins with `act ` and the name of one
    /// decides.
    act: Option<Act>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    /// Behaves: tells each file's first bytes.
    Behave,
    /// Finds a million things.
    Flood,
    /// Speaks of a file that is not there.
    ForeignFinding,
    /// Judges a file that is not there.
    ForeignJudged,
    /// Reads files that are not there, and far beyond the end.
    Wander,
    /// Reads without end.
    ReadForEver,
    /// Counts in its own memory the scans that it remembers.
    Remember,
    /// Reads the second file, and says what it got.
    Second,
    /// Finds something in words that act on terminals.
    Words,
    /// Judges nothing.
    Nothing,
    /// Finds something dangerous.
    Danger,
    /// Finds something unusual.
    Oddity,
    /// Finds something dangerous in a file that it does not judge.
    LeaveOut,
    /// Panics.
    Panic,
    /// Computes without end.
    Loop,
    /// Nests calls without end.
    Recurse,
    /// Takes memory without end.
    Allocate,
    /// Fails.
    Fail,
}

/// The act that the first file asks for.
fn asked(files: &dyn Files, entries: &[Entry]) -> Result<Act, Failure> {
    let Some(first) = entries.first() else { return Ok(Act::Nothing) };
    let begin = files.read_at(first.id, 0, 64)?;
    let text = String::from_utf8_lossy(&begin).into_owned();
    let Some(name) = text.strip_prefix("act ") else { return Ok(Act::Nothing) };
    let name = StrDeserializer::<serde::de::value::Error>::new(name.trim());
    Act::deserialize(name).map_err(|error| Failure::invalid_spec(error.to_string()))
}

#[allow(unconditional_recursion, reason = "that is the act")]
fn recurse(depth: u64) -> u64 {
    std::hint::black_box(recurse(std::hint::black_box(depth + 1)) + 1)
}

static SCANS: AtomicU32 = AtomicU32::new(0);

struct Hostile;

impl Scanner for Hostile {
    type Config = Config;

    fn scan(files: &dyn Files, config: Config) -> Result<Report, Failure> {
        let mut report = Report::new();
        let entries = files.list();
        let foreign = Entry { id: 4_000_000_000, path: "../etc/passwd".to_owned(), size: 1 };
        match config.act.map_or_else(|| asked(files, &entries), Ok)? {
            Act::Behave => {
                for entry in &entries {
                    let begin = files.read_at(entry.id, 0, 4)?;
                    let text = String::from_utf8_lossy(&begin).into_owned();
                    report.judge(entry, [Finding::new("begin", Severity::Note, entry, text)]);
                }
            }
            Act::Flood => {
                let many =
                    (0..1_000_000).map(|_| Finding::new("f", Severity::Low, &entries[0], "f"));
                report.findings = many.collect();
            }
            Act::ForeignFinding => {
                report.findings.push(Finding::new("f", Severity::High, &foreign, "f"));
            }
            Act::ForeignJudged => report.judged.push(foreign.id),
            Act::Wander => {
                let outside = files.read_at(foreign.id, 0, 1).is_err();
                let beyond = files.read_at(entries[0].id, u64::MAX, u32::MAX)?.len();
                let long = files.read_at(entries[0].id, 0, u32::MAX)?.len();
                let text = format!("{outside} {beyond} {long}");
                report.judge(
                    &entries[0],
                    [Finding::new("wander", Severity::Note, &entries[0], text)],
                );
            }
            Act::ReadForEver => loop {
                files.read_at(entries[0].id, 0, 1)?;
            },
            Act::Remember => {
                let before = SCANS.fetch_add(1, Ordering::Relaxed);
                report.judge(
                    &entries[0],
                    [Finding::new("r", Severity::Note, &entries[0], before.to_string())],
                );
            }
            Act::Second => {
                let read = files.read_at(1, 0, 1).is_ok();
                report.judge(
                    &entries[0],
                    [Finding::new("s", Severity::Note, &entries[0], read.to_string())],
                );
            }
            Act::Nothing => {}
            Act::Danger => {
                let found =
                    Finding::new("test/danger", Severity::Critical, &entries[0], "it asks for it");
                report.judge(&entries[0], [found.at(4).with_advice("do not ask")]);
            }
            Act::Oddity => {
                let found = Finding::new("test/oddity", Severity::Low, &entries[0], "it is odd");
                report.judge(&entries[0], [found]);
            }
            Act::LeaveOut => {
                let found = Finding::new("test/danger", Severity::Low, &entries[0], "it is odd");
                report.findings.push(found);
            }
            Act::Panic => panic!("this file \u{1b}[31m is odd"),
            Act::Loop => loop {
                std::hint::black_box(0);
            },
            Act::Recurse => drop(recurse(0)),
            Act::Allocate => {
                let mut all = Vec::new();
                loop {
                    all.push(std::hint::black_box(vec![1_u8; 1 << 20]));
                }
            }
            Act::Fail => return Err(Failure::internal("it had enough")),
            Act::Words => {
                let words = "\u{1b}[2Jgone\r\n\u{202e}fine";
                let found = Finding::new(words, Severity::High, &entries[0], words);
                report.judge(&entries[0], [found.within(words).with_advice(words)]);
            }
        }
        Ok(report)
    }
}

nix_ai_model_sdk::export_scanner!(Hostile);
