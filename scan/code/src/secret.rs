//! Private keys and tokens in texts.

mod key;
mod token;

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan};

use crate::text;

/// Bytes that are looked at together.
const WINDOW: usize = 256 << 10;
/// Bytes of one window that the next one repeats: no token and few keys are
/// longer.
const OVERLAP: usize = 16 << 10;
/// Secrets of one part that are told.
const MOST: usize = 50;

/// Looks for secrets in every text.
pub(crate) struct Secrets;

impl Reader for Secrets {
    fn format(&self) -> &'static str {
        "text"
    }

    fn recognises(&self, head: &Head) -> bool {
        text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        let mut window: Vec<u8> = Vec::with_capacity(WINDOW + OVERLAP);
        let mut from = 0;
        let mut told = HashSet::new();
        loop {
            while window.len() < WINDOW {
                let held = cursor.peek()?;
                let length = held.len();
                if length == 0 {
                    break;
                }
                window.extend_from_slice(held);
                cursor.advance(length);
            }
            let is_end = cursor.is_at_end()?;
            let narrow = narrow(&window);
            look(&narrow, from, part, scan, &mut told);
            if is_end || told.len() >= MOST {
                return Ok(());
            }
            let keep = window.len().saturating_sub(OVERLAP);
            // An even number, for texts of two bytes a character.
            let keep = keep & !1;
            from += keep as u64;
            window.drain(..keep);
        }
    }
}

/// A window of UTF-16 as bytes of ASCII; another as it is.
fn narrow(window: &[u8]) -> Vec<u8> {
    let pairs = window.len() / 2;
    let zeros = |from: usize| {
        window.iter().skip(from).step_by(2).take(4096).filter(|byte| **byte == 0).count()
    };
    let most = pairs.min(4096) * 3 / 4;
    match (zeros(0) > most, zeros(1) > most) {
        (false, true) => window.iter().step_by(2).copied().collect(),
        (true, false) => window.iter().skip(1).step_by(2).copied().collect(),
        _ => window.to_vec(),
    }
}

/// Looks for secrets in a window that begins at `from`.
fn look(
    window: &[u8],
    from: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
    told: &mut HashSet<String>,
) {
    let is_example = is_example(part);
    let pairs = window.windows(2).enumerate();
    for (at, _) in pairs.filter(|(_, pair)| token::may_begin(pair[0], pair[1])) {
        let before = at.checked_sub(1).and_then(|place| window.get(place)).copied();
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let rest = &window[at..];
        let Some(found) = key::find(rest).or_else(|| token::find(rest, window, at)) else {
            continue;
        };
        let name = found.what;
        if told.len() >= MOST || !told.insert(found.text.clone()) {
            continue;
        }
        // Libraries are tested with keys that open nothing.
        let level = if is_example && found.level != Level::Note { Level::Low } else { found.level };
        let message = format!(
            "The text holds {name}, beginning with \"{}\"",
            found.text.get(..found.text.len().min(10)).unwrap_or_default()
        );
        scan.find(part, found.rule.found(message).at(from + at as u64).level(level));
    }
}

/// Whether a part is of tests or documents, where keys are made up.
fn is_example(part: &Part<'_>) -> bool {
    let whole = format!("{}/{}", part.file(), part.member().unwrap_or_default()).to_lowercase();
    whole.split(['/', '!', '\\']).any(|step| {
        matches!(
            step,
            "tests"
                | "test"
                | "testing"
                | "testdata"
                | "fixtures"
                | "examples"
                | "example"
                | "docs"
                | "doc"
                | "samples"
                | "mocks"
                | "__snapshots__"
                | "snapshots"
                | "test_data"
                | "testsuite"
                | "unit"
                | "cassettes"
        ) || step.starts_with("testing")
            || step.starts_with("test_")
            || step.starts_with("test-")
            || step.contains("_test.")
            || step.contains("example")
            || step.contains("_tests")
    })
}

/// A secret that was found.
struct Found {
    what: &'static str,
    rule: &'static nix_ai_model_scan_walk::Rule,
    level: Level,
    text: String,
}
