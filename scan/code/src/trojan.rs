//! Code whose order on the screen is not the one that it runs in.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan, cut};

use crate::{rules, text};

/// Looks for controls of direction in code.
pub(crate) struct Trojan;

impl Reader for Trojan {
    fn format(&self) -> &'static str {
        "code"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[
            ".py", ".pyx", ".pyi", ".sh", ".bash", ".c", ".h", ".cc", ".cpp", ".hpp", ".cu",
            ".cuh", ".rs", ".go", ".java", ".rb", ".pl", ".lua", ".jl", ".ts",
        ]) && text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, text::MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let mut at = 0;
        for line in source.text.split_inclusive('\n') {
            if let Some(level) = turned(line) {
                let message = format!("Controls turn the order of \"{}\"", cut(line));
                scan.find(part, rules::TROJAN.found(message).at(at as u64).level(level));
                return Ok(());
            }
            at += line.len();
        }
        Ok(())
    }
}

fn is_override(c: char) -> bool {
    ('\u{202a}'..='\u{202e}').contains(&c)
}

fn is_isolate(c: char) -> bool {
    ('\u{2066}'..='\u{2069}').contains(&c)
}

/// How bad the controls of a line are: such as the languages are written with
/// need them around their own words.
fn turned(line: &str) -> Option<Level> {
    // All of them begin with the same two bytes or one of another pair.
    if !line.contains([
        '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    ]) {
        return None;
    }
    let native = |c: char| {
        ('\u{590}'..='\u{8ff}').contains(&c)
            || ('\u{fb1d}'..='\u{fdff}').contains(&c)
            || ('\u{fe70}'..='\u{fefc}').contains(&c)
    };
    let overrides = line.chars().filter(|c| is_override(*c)).count();
    let isolates = line.chars().filter(|c| is_isolate(*c)).count();
    // Tables of characters hold them by the dozen, one to a string.
    if line.chars().any(native) || overrides + isolates > 8 || line.len() > 2000 {
        return None;
    }
    if alone(line) {
        return Some(Level::Medium);
    }
    let both = overrides > 0 && isolates > 0;
    let several = overrides + isolates > 1 && !is_item(line);
    Some(if both || several || ends(line) { Level::High } else { Level::Medium })
}

/// Whether a line is one string of a list, as tests of texts have.
fn is_item(line: &str) -> bool {
    let item = line.trim().trim_end_matches(',').trim_start_matches(['r', 'u', 'b']);
    ['"', '\''].iter().any(|quote| item.starts_with(*quote) && item.ends_with(*quote))
}

/// Whether a control hides the end of a comment or text and code behind it.
fn ends(line: &str) -> bool {
    line.char_indices().filter(|(_, c)| is_override(*c) || is_isolate(*c)).any(|(at, c)| {
        let rest = &line[at + c.len_utf8()..];
        let rest = rest.trim_start();
        ["\"\"\"", "'''", "*/"]
            .iter()
            .filter_map(|end| rest.strip_prefix(end))
            .any(|code| !code.trim().is_empty())
    })
}

/// Whether each control stands for itself between quotes or brackets.
fn alone(line: &str) -> bool {
    let chars: Vec<char> = line.chars().collect();
    chars.iter().enumerate().filter(|(_, c)| is_override(**c) || is_isolate(**c)).all(|(at, _)| {
        let edge = |c: Option<&char>| {
            c.is_some_and(|c| {
                matches!(c, '\'' | '"' | '`' | '(' | ')' | '[' | ']' | '-')
                    || is_override(*c)
                    || is_isolate(*c)
            })
        };
        edge(at.checked_sub(1).and_then(|place| chars.get(place))) && edge(chars.get(at + 1))
    })
}
