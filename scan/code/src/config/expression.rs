//! Values that are Python, which libraries evaluate to build a model:
//! activations of Ultralytics, formulas, schedules.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::{Path, Step};
use crate::{python, rules};

/// Bytes of a value that may be an expression.
const LONGEST: usize = 4096;

/// Judges a leaf that may be evaluated; tells whether it does harm.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> bool {
    let text = text.trim();
    let built = path.key().contains("activation");
    // What builds the model is evaluated, whatever it is.
    let reads = if built { text.contains('(') } else { reads_as_call(text) };
    if text.len() > LONGEST
        || !reads
        || !(built || suspicious(text) && may_hold(path, part))
        || !python::attacks(text, built)
    {
        return false;
    }
    let message = format!("\"{}\" of \"{}\" is Python that runs code", cut(text), cut(path.key()));
    scan.find(part, rules::TOOL.found(message).level(Level::High));
    true
}

/// Whether a whole text is a call, a display or a function.
fn reads_as_call(text: &str) -> bool {
    if !text.ends_with([')', ']', '}']) || text.ends_with("()") && !text.contains('.') {
        return false;
    }
    let Some(open) = text.find(['(', '[', '{']) else { return false };
    let begin = &text[..open];
    begin.starts_with("lambda")
        || begin.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// Whether any of the names is in it by which Python reaches the machine.
fn suspicious(text: &str) -> bool {
    [
        "__",
        "os.",
        "subprocess",
        "importlib",
        "getattr(",
        "eval(",
        "exec(",
        "compile(",
        "runpy",
        "pty.",
        "popen",
        "ctypes",
        "marshal",
        "pickle",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Whether nothing on the way to a value says that it is an example, a rule or
/// a row of data.
fn may_hold(path: &Path, part: &Part<'_>) -> bool {
    const OTHERS: &[&str] = &[
        "example",
        "test",
        "case",
        "deny",
        "denied",
        "block",
        "forbid",
        "danger",
        "unsafe",
        "malicious",
        "rule",
        "pattern",
        "ban",
        "sample",
        "snippet",
        "vuln",
        "check",
        "sink",
        "finding",
        "cell",
        "before",
        "after",
        "code",
        "source",
        "expected",
        "fix",
        "black",
        "allow",
        "safe",
        "ignore",
        "skip",
        "mock",
        "bad",
        "risk",
        "attack",
        "vocab",
        "option",
        "question",
        "choice",
        "quiz",
        "answer",
    ];
    let last = path.key().to_ascii_lowercase();
    !matches!(path.steps.first(), Some(Step::Item(_)))
        && !super::tool::is_prose(&last)
        // Rows of a table.
        && !last.bytes().all(|byte| byte.is_ascii_digit())
        && !["name", "title", "label", "symbol", "token", "value", "term", "link", "url"]
            .iter()
            .any(|word| last.contains(word))
        && !super::is_rows(&part.name().to_lowercase())
        && !path.steps.iter().filter_map(|step| step.key()).any(|key| {
            let key = key.to_ascii_lowercase();
            OTHERS.iter().any(|word| key.contains(word))
        })
}
