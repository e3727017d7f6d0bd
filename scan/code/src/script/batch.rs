//! Batch files, whose words are put together of variables.

use std::collections::HashMap;

/// Variables that are kept.
const MOST: usize = 256;
/// Bytes of a line that is put together.
const LONGEST: usize = 16 << 10;

/// Variables with short values.
#[derive(Default)]
pub(super) struct Batch(HashMap<String, String>);

impl Batch {
    /// Takes note of the variables that a line sets: `set "a=pow" & set b=er`.
    pub(super) fn take(&mut self, line: &str) {
        for command in line.split('&').map(str::trim) {
            let Some(rest) = strip_word(command, "set") else { continue };
            let rest = rest.trim_start().trim_start_matches('"').trim_end_matches('"');
            if let Some((name, value)) = rest.split_once('=')
                && value.len() < 200
                && self.0.len() < MOST
            {
                let value = self.put(value).unwrap_or_else(|| value.to_owned());
                self.0.insert(name.trim().to_ascii_lowercase(), value);
            }
        }
    }

    /// The line without carets and with the values of its variables, where there
    /// are any.
    pub(super) fn put(&self, line: &str) -> Option<String> {
        if !line.contains(['%', '!', '^']) || line.len() > LONGEST {
            return None;
        }
        let line = line.replace('^', "");
        let mut made = String::new();
        let mut rest = line.as_str();
        while let Some(place) = rest.find(['%', '!']) {
            let sign = &rest[place..=place];
            made.push_str(&rest[..place]);
            rest = &rest[place + 1..];
            let value = rest.split_once(sign).and_then(|(name, after)| {
                let value = self.value(name)?;
                Some((value, after))
            });
            match value {
                Some((value, after)) if made.len() < LONGEST => {
                    made.push_str(&value);
                    rest = after;
                }
                _ => made.push_str(sign),
            }
        }
        made.push_str(rest);
        Some(made)
    }

    /// A value, or the letters of it that `name:~from,count` asks for.
    fn value(&self, name: &str) -> Option<String> {
        let (name, slice) = name.split_once(":~").map_or((name, None), |(n, s)| (n, Some(s)));
        let value = self.0.get(&name.trim().to_ascii_lowercase())?;
        let Some(slice) = slice else { return Some(value.clone()) };
        let (from, count) = slice.split_once(',').unwrap_or((slice, "999"));
        let from = from.trim().parse::<usize>().ok()?;
        let count = count.trim().parse::<usize>().ok()?;
        Some(value.chars().skip(from).take(count).collect())
    }
}

/// Whether a line takes single letters out of variables, as nobody writes who
/// wants to be read.
pub(super) fn spells(line: &str) -> bool {
    line.matches(":~").count() >= 6 && line.matches('%').count() >= 12
}

fn strip_word<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let rest = line.get(word.len()..)?;
    let begins = line.get(..word.len())?.eq_ignore_ascii_case(word);
    (begins && rest.starts_with([' ', '\t'])).then_some(rest)
}
