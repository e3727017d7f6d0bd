//! Pages and drawings, by their scripts.

use nix_ai_model_scan_walk::{Part, Scan, cut};

use crate::rules;

/// Bytes before a value that are looked at.
const NEAR: usize = 240;

/// Judges a page by its scripts.
pub(crate) fn judge(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let lower = source.to_ascii_lowercase();
    let has = |needle: &str| lower.contains(needle);
    if !attack(source, part, scan) && (has("<script") || has("onload=") && has("<svg")) {
        let message = format!("\"{}\" has scripts", cut(part.name()));
        scan.find(part, rules::MARKUP.found(message));
    }
}

/// Tells what a page's scripts attack, and whether they do.
pub(crate) fn attack(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> bool {
    let lower = source.to_ascii_lowercase();
    let has = |needle: &str| lower.contains(needle);
    let hides = has("eval(atob(")
        || has("activexobject(") && has("wscript.shell")
        || has("ms-msdt:")
        || has("document.write(unescape(");
    let message = if hides {
        "The page has a script that hides what it runs, or reaches the machine"
    } else if executes(&lower) {
        "The page has a script that runs code in the kernel of the notebook"
    } else if sends(&lower) {
        "The page has a script that sends cookies or what a site keeps away"
    } else if draws(&lower) && tells(&lower) {
        "The drawing has a script that sends what a site keeps away"
    } else if has("<svg") && leaves(&lower) {
        "The drawing leads to another site as soon as it is shown"
    } else {
        return false;
    };
    scan.find(part, rules::ATTACK_SCRIPT.found(message));
    true
}

/// Whether a script hands the kernel of a notebook code that reaches the
/// machine; those of libraries tell it which plots are gone.
pub(crate) fn executes(lower: &str) -> bool {
    ["kernel.execute(", "requestexecute(", "execute_code(", "execute_request"].iter().any(|call| {
        lower.match_indices(call).take(100).any(|(at, call)| {
            let rest = &lower[at + call.len()..];
            let code = &rest[..rest.floor_char_boundary(rest.len().min(2000))];
            [
                "import os",
                "os.system",
                "os.popen",
                "subprocess",
                "__import__",
                "exec(",
                "eval(",
                "urllib",
                "requests.",
                "get_ipython",
                "shutil",
                "socket",
                "b64decode",
                "open(",
                "%system",
                "%run",
                "%%bash",
                "\"!",
                "'!",
                "atob(",
            ]
            .iter()
            .any(|word| code.contains(word))
        })
    })
}

/// Whether an address is put together with what only the site may know.
fn sends(lower: &str) -> bool {
    const KEPT: &[&str] = &[
        "document.cookie",
        "localstorage.getitem(",
        "sessionstorage.getitem(",
        "localstorage)",
        "sessionstorage)",
        "document.documentelement.",
        "document.body.inner",
    ];
    KEPT.iter().any(|kept| {
        lower.match_indices(kept).take(1000).any(|(at, _)| {
            let from = lower.floor_char_boundary(at.saturating_sub(NEAR));
            let before = &lower[from..at];
            let joined = before.trim_end().trim_end_matches(|c: char| {
                c.is_ascii_alphanumeric() || matches!(c, '(' | '.' | '_')
            });
            let added = joined.ends_with('+') || joined.ends_with("${");
            let address = before.rfind("http://").max(before.rfind("https://"));
            added
                && address.is_some_and(|address| {
                    let call = &before[..address];
                    let between = &before[address..];
                    // The address is that of the very call.
                    !between.contains([';', '\n', ')'])
                        && ["fetch(", "sendbeacon(", ".src", "location", "open(", ".open("]
                            .iter()
                            .any(|way| call.rfind(way).is_some_and(|place| call.len() - place < 60))
                })
        })
    })
}

/// Whether a text is a drawing and no page that has some.
fn draws(lower: &str) -> bool {
    let begin = lower.trim_start_matches('\u{feff}').trim_start();
    begin.starts_with("<svg")
        || begin.starts_with("<?xml") && lower.contains("<svg") && !lower.contains("<html")
}

/// Whether a drawing, which has no use for either, reads what the site keeps
/// and calls a server.
fn tells(lower: &str) -> bool {
    let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    any(&["document.cookie", "localstorage", "sessionstorage", "indexeddb"])
        && any(&["fetch(", "sendbeacon(", "xmlhttprequest", ".src", "websocket(", "location"])
        && any(&[
            "<script",
            "onload",
            "onerror",
            "onbegin",
            "onclick",
            "onmouseover",
            "javascript:",
        ])
}

/// Whether loading a drawing opens an address.
fn leaves(lower: &str) -> bool {
    lower.match_indices("onload").take(100).any(|(at, _)| {
        let rest = &lower[at..lower.ceil_char_boundary((at + 80).min(lower.len()))];
        let value = rest.trim_start_matches("onload").trim_start();
        value.starts_with('=')
            && (value.contains("location") || value.contains("fetch("))
            && value.contains("http")
    })
}
