//! Compiled Python, by the names and strings that it holds.

use std::collections::HashSet;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, cut};

use crate::{rules, shell};

/// Bytes of a file that are read.
const MOST: usize = 8 << 20;

/// Reads compiled Python.
pub(crate) struct Bytecode;

impl Reader for Bytecode {
    fn format(&self) -> &'static str {
        "compiled Python"
    }

    fn recognises(&self, head: &Head) -> bool {
        let [first, second, b'\r', b'\n', rest @ ..] = head.begin.as_slice() else { return false };
        let magic = u16::from_le_bytes([*first, *second]);
        // The code object that follows a header of 8, 12 or 16 bytes.
        let code = [4, 8, 12].iter().any(|at| matches!(rest.get(*at), Some(0x63 | 0xe3)));
        code && ((3000..4200).contains(&magic) || (62000..62300).contains(&magic))
            || head.is_named(&[".pyc", ".pyo"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let path = format!("{}!{}", part.file(), part.member().unwrap_or_default());
        let cached = path.contains("__pycache__") && part.name().contains(".cpython-");
        let message = format!("\"{}\" is compiled Python", cut(part.name()));
        scan.find(
            part,
            rules::PYC.found(message).level(if cached { Level::Low } else { Level::Medium }),
        );
        let bytes = part.view().bytes(0, MOST)?;
        scan.budget.step(bytes.len() as u64)?;
        // Such a file is run whatever the source beside it says.
        let unchecked = matches!(bytes.get(4..8), Some([1, 0, 0, 0]));
        let small = bytes.len() < 16 << 10;
        if let Some((level, says)) = verdict(&bytes, cached && !(unchecked && small)) {
            let message = format!("\"{}\" {says}", cut(part.name()));
            scan.find(part, rules::PYC_DANGEROUS.found(message).level(level));
        }
        if bytes.len() == MOST {
            return Err(Fault::Limit("compiled code"));
        }
        Ok(())
    }
}

/// The source that the code of this path is kept beside.
pub(crate) fn source_of(path: &str) -> Option<String> {
    let path = path.replacen("__pycache__/", "", 1);
    let stem = path.strip_suffix(".pyc")?;
    Some(format!("{}.py", &stem[..stem.rfind(".cpython-")?]))
}

/// Judges what Python compiled, and keeps beside its source, by the source.
pub(crate) fn beside_source(part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let source = source_of(part.file()).and_then(|path| scan.folder.open(&path));
    let Some(source) = source else { return Ok(()) };
    if says(&crate::text::decode(source.bytes(0, MOST)?)) {
        return Ok(());
    }
    let bytes = part.view().bytes(0, MOST)?;
    scan.budget.step(bytes.len() as u64)?;
    if let Some((_, says)) = verdict(&bytes, false) {
        let message =
            format!("\"{}\" {says}, which the source beside it does not", cut(part.name()));
        scan.find(part, rules::PYC_DANGEROUS.found(message).level(Level::High));
    }
    Ok(())
}

/// Whether a source has a word of what runs programs or loads code.
fn says(source: &str) -> bool {
    const WORDS: &[&str] =
        &["os", "subprocess", "pty", "socket", "ctypes", "marshal", "exec", "eval", "__import__"];
    source.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| WORDS.contains(&word))
}

/// What the names in compiled code amount to.
fn verdict(bytes: &[u8], cached: bool) -> Option<(Level, &'static str)> {
    let (names, texts) = strings(bytes);
    let has = |name: &str| names.contains(name);
    let any = |all: &[&str]| all.iter().any(|name| names.contains(*name));
    let process = has("os")
        && any(&["system", "popen", "execv", "execve", "execl", "spawnl", "posix_spawn"])
        || has("subprocess")
            && any(&["run", "Popen", "call", "check_call", "check_output", "getoutput"])
        || has("pty") && has("spawn");
    let runs = any(&["exec", "eval"])
        && any(&[
            "b64decode",
            "decompress",
            "marshal",
            "urlopen",
            "fromhex",
            "a85decode",
            "b85decode",
            "b32decode",
            "rot13",
            "rot_13",
        ]);
    let reverse = has("socket") && has("connect") && (has("dup2") || process);
    // Documentation of many lines speaks of commands, too.
    let mut commands = texts.iter().filter(|text| !text.trim().contains('\n'));
    if commands.any(|text| shell::harm(text).is_some()) {
        return Some((Level::Critical, "holds a command that attacks"));
    }
    if reverse && has("dup2") {
        return Some((Level::Critical, "connects to another machine and hands over its streams"));
    }
    if cached && has("__file__") && names.len() > 60 {
        return None;
    }
    let loads = has("marshal") && has("loads") || has("ctypes") && any(&["CDLL", "windll"]);
    match (runs, process || reverse, loads) {
        (true, ..) => Some((Level::High, "decodes and runs code")),
        (_, true, _) => Some((if cached { Level::Medium } else { Level::High }, "runs programs")),
        (_, _, true) => Some((if cached { Level::Medium } else { Level::High }, "loads code")),
        _ if any(&["exec", "eval", "__import__"]) && !cached => {
            Some((Level::High, "runs code that is made while it runs"))
        }
        _ => None,
    }
}

/// The identifiers, and the longer strings, that marshalled code holds.
fn strings(bytes: &[u8]) -> (HashSet<&str>, Vec<&str>) {
    let (mut names, mut texts) = (HashSet::new(), Vec::new());
    let mut at = 0;
    while let Some(kind) = bytes.get(at) {
        let length = match kind & 0x7f {
            // Short strings tell their length in a byte, others in four.
            b'z' | b'Z' => bytes.get(at + 1).map(|length| (2, usize::from(*length))),
            b'a' | b'A' | b'u' | b't' | b's' => bytes
                .get(at + 1..at + 5)
                .and_then(|four| four.try_into().ok())
                .map(|four| (5, u32::from_le_bytes(four) as usize)),
            _ => None,
        };
        let text = length
            .filter(|(_, length)| (2..4096).contains(length))
            .and_then(|(skip, length)| bytes.get(at + skip..at + skip + length))
            .and_then(|text| std::str::from_utf8(text).ok())
            .filter(|text| text.chars().all(|c| !c.is_control() || c.is_whitespace()));
        at += 1;
        let Some(text) = text else { continue };
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.') {
            if names.len() < 50_000 {
                names.insert(text);
            }
        } else if texts.len() < 5_000 {
            texts.push(text);
        }
    }
    (names, texts)
}
