//! What Python's logging evaluates of a configuration: the class of a handler,
//! and its arguments.

use nix_ai_model_scan_walk::{Level, Part, Result, Scan, cut};

use crate::{python, rules};

/// Expressions of one file that are judged.
const MOST: usize = 256;
/// Bytes of one.
const LONGEST: usize = 16 << 10;
/// What an expression may name.
const NAMES: &str = "import os, sys, time, io, re, logging, logging.handlers, traceback, weakref\n";

/// Whether a file is such a configuration.
pub(super) fn is_logging(begin: &[u8]) -> bool {
    let text = String::from_utf8_lossy(begin);
    ["[handlers]", "[handler_", "[formatters]", "[loggers]"].iter().any(|name| text.contains(name))
}

/// Judges the expressions of the sections of handlers.
pub(super) fn judge(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    if !source.contains("[handler_") {
        return Ok(());
    }
    let mut expressions: Vec<String> = Vec::new();
    let (mut within, mut open) = (false, false);
    for line in source.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let goes_on = open && line.starts_with([' ', '\t']);
        if goes_on {
            if let Some(last) = expressions.last_mut().filter(|last| last.len() < LONGEST) {
                last.push(' ');
                last.push_str(trimmed);
            }
            continue;
        }
        open = false;
        if trimmed.starts_with('[') {
            within = trimmed.starts_with("[handler_");
            continue;
        }
        let Some((key, value)) = trimmed.split_once(['=', ':']) else { continue };
        let key = key.trim().to_ascii_lowercase();
        if within && matches!(key.as_str(), "args" | "kwargs" | "class") && expressions.len() < MOST
        {
            open = true;
            let mut value = value.trim().to_owned();
            value.truncate(value.floor_char_boundary(LONGEST));
            expressions.push(value);
        }
    }
    for expression in expressions {
        if names(&expression) {
            let message = format!("Whoever sets the logging up evaluates \"{}\"", cut(&expression));
            scan.find(part, rules::TOOL.found(message).level(Level::High));
        } else if expression.contains('(') {
            python::judge(&format!("{NAMES}{expression}\n"), part, scan)?;
        }
    }
    Ok(())
}

/// Whether an expression names what no handler is made with.
fn names(expression: &str) -> bool {
    const WORDS: &[&str] = &[
        "eval(",
        "exec(",
        "compile(",
        "popen",
        ".system",
        ".spawn",
        ".exec",
        "getattr(",
        "globals(",
        "vars(",
        "open(",
        "__builtins__",
        "__globals__",
        "__subclasses__",
        "__class__",
        "__dict__",
        "subprocess",
        "socket.socket",
        "urllib",
        "lambda",
        "modules[",
        "b64decode",
    ];
    let plain: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
    WORDS.iter().any(|word| plain.contains(word))
}
