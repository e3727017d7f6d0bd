//! Variables of shells that words are put together from.

use std::collections::HashMap;

/// Variables with short constant values.
#[derive(Default)]
pub(super) struct Variables(HashMap<String, String>);

/// Variables that are kept.
const MOST: usize = 256;

impl Variables {
    /// Takes note of the variables that a line sets: `a=cu; b=rl`.
    pub(super) fn take(&mut self, line: &str) {
        if !line.contains('=') {
            return;
        }
        for part in line.split([';', '&']) {
            let part = part.trim();
            let part = part.strip_prefix("export ").unwrap_or(part);
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim_matches(['"', '\'']);
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let is_plain = value.len() < 64 && !value.contains(['$', ' ', '`', '(']);
            if is_name && is_plain && !name.is_empty() && self.0.len() < MOST {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The line with the values in it, where variables follow each other in one
    /// word: nobody but an attack writes `$a$b` for the name of a program.
    pub(super) fn put(&self, line: &str) -> Option<String> {
        if self.0.is_empty() || !follows(line) || line.len() > 4096 {
            return None;
        }
        let mut made = String::new();
        let mut rest = line;
        while let Some(place) = rest.find('$') {
            made.push_str(&rest[..place]);
            rest = &rest[place + 1..];
            let inner = rest.strip_prefix('{').unwrap_or(rest);
            let length = inner
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(inner.len());
            let Some(value) = self.0.get(&inner[..length]) else {
                made.push('$');
                continue;
            };
            made.push_str(value);
            rest = &inner[length..];
            rest = rest.strip_prefix('}').unwrap_or(rest);
        }
        made.push_str(rest);
        Some(made)
    }
}

/// Whether two variables follow each other without anything between them, where
/// a command begins.
fn follows(line: &str) -> bool {
    line.split(['|', ';', '&']).any(|command| {
        let word = command.split_whitespace().next().unwrap_or_default();
        word.starts_with('$') && word[1..].contains('$') && !word.contains(['/', '='])
    })
}
