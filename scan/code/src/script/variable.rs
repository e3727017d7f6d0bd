//! Variables of shells that words are put together from.

use std::collections::HashMap;

/// Variables with short constant values, and those that hold what was decoded
/// or downloaded.
#[derive(Default)]
pub(super) struct Variables(HashMap<String, String>, HashMap<String, &'static str>);

/// Variables that are kept.
const MOST: usize = 256;

impl Variables {
    /// Takes note of the variables that a line sets: `a=cu; b=rl`.
    pub(super) fn take(&mut self, line: &str) {
        if !line.contains('=') {
            return;
        }
        self.fill(line);
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

    /// Takes note of a variable that is given what is decoded or downloaded:
    /// `R=$(printf %s … | base64 -d)`.
    fn fill(&mut self, line: &str) {
        const DECODES: &[&str] = &[
            "base64 -d",
            "base64 --decode",
            "base64 -D",
            "xxd -r",
            "openssl enc -d",
            "openssl base64 -d",
            "| rev",
            "| tr ",
            "gunzip",
            "gzip -d",
        ];
        let begin = line.trim_start();
        let begin = ["export ", "local ", "readonly ", "declare "]
            .iter()
            .find_map(|word| begin.strip_prefix(word))
            .unwrap_or(begin);
        let Some((name, value)) = begin.split_once('=') else { return };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) || self.1.len() >= MOST {
            return;
        }
        let value = value.trim_start_matches('"');
        if !value.starts_with("$(") && !value.starts_with('`') {
            return;
        }
        if DECODES.iter().any(|how| value.contains(how)) {
            self.1.insert(name.to_owned(), "runs what it decodes");
        } else if ["curl ", "wget "].iter().any(|program| value.contains(program))
            && !super::is_published(&value.to_ascii_lowercase())
        {
            self.1.insert(name.to_owned(), "runs what it downloads");
        }
    }

    /// What a line does by running such a variable.
    pub(super) fn runs(&self, line: &str) -> Option<&'static str> {
        if self.1.is_empty() || !line.contains('$') {
            return None;
        }
        self.1.iter().find_map(|(name, says)| {
            let is_run = [format!("${name}"), format!("${{{name}}}")].iter().any(|used| {
                line.match_indices(used.as_str()).any(|(at, used)| {
                    let before = line[..at].trim_end_matches(['"', '\'']).trim_end();
                    let after = line[at + used.len()..].trim_start_matches(['"', '\'']);
                    let whole = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
                    let given = ["eval", "sh -c", "bash -c", "zsh -c", "-c", "<<<"]
                        .iter()
                        .any(|way| before.ends_with(way))
                        && !before.ends_with("head -c")
                        && (before.ends_with("eval")
                            || before.contains("sh")
                            || before.contains("python")
                            || before.contains("perl"));
                    let first = before.is_empty() || before.ends_with(['&', ';', '|']);
                    let piped =
                        after.trim_start().strip_prefix('|').is_some_and(crate::shell::is_shell);
                    whole && (given || piped || first && after.trim().is_empty())
                })
            });
            is_run.then_some(*says)
        })
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
