//! What tools tell agents about themselves: descriptions and documentation in
//! code, which agents read as orders.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::order::poisons;
use super::smuggles;
use crate::rules;
use crate::syntax::{Kind, Lexer, Line, Token};

/// Bytes of a text that say nothing yet.
const SHORT: usize = 40;

/// Judges the texts in code of Python that document functions or describe tools.
pub(crate) fn documented(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let hides = smuggles(source);
    if !serves(source) || !hides && poisons(source).is_none() {
        return;
    }
    let mut lexer = Lexer::new(source);
    let mut line = Line::default();
    while lexer.line(&mut line) {
        for (place, token) in line.tokens.iter().enumerate() {
            if token.kind == Kind::Text && token.text.len() >= SHORT && tells(&line.tokens[..place])
            {
                if hides && smuggles(token.text) {
                    let message = "Signs that nobody sees spell a text for programs that read it";
                    let found = rules::HIDDEN_INSTRUCTION.found(message);
                    return scan.find(part, found.at(token.at as u64));
                }
                if let Some(says) = poisons(token.text) {
                    return tell(token.text, says, token.at, part, scan);
                }
            }
        }
    }
}

/// Judges the descriptions of tools in code of JavaScript.
pub(crate) fn described(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !serves(source) || poisons(source).is_none() {
        return;
    }
    const BEGINS: &[&str] =
        &["description", "instructions", ".describe(", ".tool(", "registerTool(", "addTool("];
    for begin in BEGINS {
        for (at, _) in source.match_indices(begin).take(1000) {
            // The name may come before the description.
            let mut rest = &source[at + begin.len()..];
            for _ in 0..2 {
                let Some(open) = rest.find(['"', '\'', '`']).filter(|open| *open < 40) else {
                    break;
                };
                let quote = &rest[open..=open];
                let text = &rest[open + 1..];
                let end = text.find(quote).unwrap_or(text.len());
                if end >= SHORT
                    && let Some(says) = poisons(&text[..end])
                {
                    return tell(&text[..end], says, at, part, scan);
                }
                rest = text.get(end + 1..).unwrap_or_default();
            }
        }
    }
}

/// Whether code has tools for agents.
fn serves(source: &str) -> bool {
    ["mcp", "MCP", "@tool", ".tool", "Tool", "\"function\"", "agent"]
        .iter()
        .any(|word| source.contains(word))
}

/// Whether what follows documents what is around it, or describes a tool.
fn tells(before: &[Token<'_>]) -> bool {
    let tells_of = |key: &Token<'_>| {
        let key = key.text.to_ascii_lowercase();
        ["desc", "instruct", "doc", "prompt", "help"].iter().any(|word| key.contains(word))
    };
    match before {
        [] => true,
        [.., colon] if colon.is(":") && before.first().is_some_and(|first| first.is("def")) => true,
        [.., key, sign] if sign.is("=") || sign.is(":") => tells_of(key),
        // In brackets around several lines.
        [.., key, sign, open] if open.is("(") && (sign.is("=") || sign.is(":")) => tells_of(key),
        // What a prompt's function answers.
        [.., last] if last.is("return") => true,
        // Texts that follow each other are one.
        [.., last] if last.kind == Kind::Text => tells(&before[..before.len() - 1]),
        _ => false,
    }
}

fn tell(text: &str, says: &str, at: usize, part: &Part<'_>, scan: &mut Scan<'_>) {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    let message = format!("A tool tells agents what {says}: \"{}\"", cut(text));
    scan.find(part, rules::INSTRUCTION.found(message).at(at as u64).level(Level::High));
}
