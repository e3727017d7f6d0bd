//! What a run may end with, and what it left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use nix_ai_model_testkit::{Run, Strike, Trouble};
use serde_json::Value;

use crate::scenario::Road;
use crate::stage::{RETRIES, Stage, TOKEN};

/// Exit codes, as the manual has them.
pub(crate) const UNSUPPORTED: i32 = 1;
pub(crate) const USAGE: i32 = 2;
pub(crate) const NETWORK: i32 = 10;
pub(crate) const NOT_FOUND: i32 = 11;
pub(crate) const UNAUTHORIZED: i32 = 12;
pub(crate) const DISK: i32 = 13;
pub(crate) const MISMATCH: i32 = 14;
pub(crate) const REFUSED: i32 = 16;
pub(crate) const INTERRUPTED: i32 = 130;

/// Whether trying again mends it, so that it has to strike more often than that
/// to be an excuse.
fn is_passing(trouble: Trouble) -> bool {
    matches!(
        trouble,
        Trouble::Silence
            | Trouble::CutHead
            | Trouble::CutBody
            | Trouble::Break
            | Trouble::StallInHead
            | Trouble::StallInBody
            | Trouble::TooLong
            | Trouble::Limited
            | Trouble::RetryLater
            | Trouble::ServerFault
            | Trouble::HandshakeCut
    )
}

/// The exit codes that this trouble justifies each time.
fn justified(strike: &Strike) -> &'static [i32] {
    let metadata = strike.path.starts_with("/api/") && !strike.path.contains("/resolve");
    match strike.trouble {
        trouble if is_passing(trouble) => &[],
        Trouble::RetryMuchLater | Trouble::Stranger => &[NETWORK],
        // A registry that answers with nonsense.
        Trouble::Half | Trouble::WebPage if metadata => &[NETWORK, REFUSED],
        Trouble::Half | Trouble::TooShort | Trouble::WrongRange | Trouble::FalseEnd => {
            &[NETWORK, MISMATCH]
        }
        Trouble::WrongByte | Trouble::Changed | Trouble::WebPage => &[MISMATCH],
        Trouble::RedirectLoop | Trouble::RedirectChain => &[REFUSED],
        Trouble::Gzip => &[UNSUPPORTED],
        Trouble::Forbidden => &[UNAUTHORIZED],
        Trouble::Gone => &[NOT_FOUND],
        // These are borne with.
        _ => &[],
    }
}

/// What a program may end with: success, what struck it, and more. Where each
/// file has a mirror on which all is well, nothing else is an excuse.
pub(crate) fn allowed(road: Road, struck: &[Strike], more: &[i32]) -> BTreeSet<i32> {
    let mut allowed: BTreeSet<i32> = [0].into_iter().chain(more.iter().copied()).collect();
    if road == Road::Mirrors {
        return allowed;
    }
    allowed.extend(struck.iter().flat_map(justified));
    // A connection may be any file's.
    let of = |name: &str| {
        let passing = struck.iter().filter(|strike| is_passing(strike.trouble));
        let concerns = |strike: &&Strike| [name, CONNECTION].contains(&file_name(&strike.path));
        passing.filter(concerns).count()
    };
    if struck.iter().any(|strike| of(file_name(&strike.path)) > RETRIES) {
        allowed.insert(NETWORK);
    }
    allowed
}

/// The path of a strike that hit a connection.
const CONNECTION: &str = "connection";

/// The same for all addresses of a file.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What is wrong with how a program ended and with what it said.
pub(crate) fn of_run(stage: &Stage, run: &Run, allowed: &BTreeSet<i32>) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(code) = run.code else {
        return vec![format!("it was ended by signal {:?}", run.signal)];
    };
    if !allowed.contains(&code) {
        wrong.push(format!("exit code {code} where {allowed:?} are justified"));
    }
    let errors = run.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    if code == 0 {
        let answer: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
        if answer["hash"] != stage.hash.as_str() {
            wrong.push(format!("it printed {} for {}", answer["hash"], stage.hash));
        }
        if errors != 0 {
            wrong.push("an error beside success".to_owned());
        }
    } else {
        if errors != 1 {
            wrong.push(format!("{errors} lines of errors"));
        }
        if !run.stderr.contains("\n  hint: ") {
            wrong.push("no hint".to_owned());
        }
        if !run.stdout.is_empty() {
            wrong.push("a result beside an error".to_owned());
        }
    }
    wrong.extend(of_words(run));
    wrong
}

/// What must not be said, however a program ended.
pub(crate) fn of_words(run: &Run) -> Vec<String> {
    let said = format!("{}{}", run.stdout, run.stderr);
    let forbidden = [
        ("a panic", "panicked at"),
        ("a token", TOKEN),
        ("a signature", "Signature="),
        ("a control character", "\u{1b}"),
    ];
    let found = forbidden.into_iter().filter(|(_, words)| said.contains(words));
    found.map(|(what, _)| format!("{what} shows")).collect()
}

/// The folder is not there, or whole and right. Whether it is there.
pub(crate) fn of_folder(stage: &Stage, out: &Path, wrong: &mut Vec<String>) -> io::Result<bool> {
    if !out.exists() {
        return Ok(false);
    }
    let differences = stage.scenario.tree.differences(out)?;
    if !differences.is_empty() {
        wrong.push(format!("a final name carries what is wrong: {differences:?}"));
    }
    Ok(true)
}

/// Nothing lies beside the results, and no bytes are left in the cache.
pub(crate) fn of_leftovers(stage: &Stage, outs: &[&Path]) -> io::Result<Vec<String>> {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(stage.results())? {
        let path = entry?.path();
        if !outs.contains(&path.as_path()) {
            wrong.push(format!("\"{}\" lies beside the results", path.display()));
        }
    }
    for folder in ["partials", "scratch"] {
        let left = files_below(&stage.cache().join(folder))?;
        if left > 0 {
            wrong.push(format!("{left} bytes are left in the cache's {folder}"));
        }
    }
    Ok(wrong)
}

/// Bytes of all files below a folder.
fn files_below(folder: &Path) -> io::Result<u64> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { files_below(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
