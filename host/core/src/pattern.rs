//! File patterns with the semantics of Python's `fnmatch`, as the Hugging Face
//! client has them: `*` crosses `/`, and a pattern that ends in `/` means all
//! below it.

use crate::text::escape;
use crate::{Error, Kind, Result};

/// The longest pattern, in characters.
const LONGEST: usize = 1024;

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(char),
    Any,
    Many,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`Kind::Usage`] where it is empty or longer than 1,024 characters.
    pub fn new(text: &str) -> Result<Self> {
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(Error::new(
                Kind::Usage,
                format!(
                    "the file pattern \"{}\" is empty or longer than {LONGEST} characters",
                    escape(text)
                ),
            ));
        }
        let mut parts = parse(&text.chars().collect::<Vec<_>>());
        if text.ends_with('/') {
            parts.push(Part::Many);
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `path` matches. Linear in `path` times pattern.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        let (mut at, mut part) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let step = match self.parts.get(part) {
                Some(Part::Many) => {
                    retry = Some((at, part));
                    part += 1;
                    continue;
                }
                Some(one) => path.get(at).is_some_and(|character| one.takes(*character)),
                None if at == path.len() => return true,
                None => false,
            };
            if step {
                at += 1;
                part += 1;
            } else if let Some((from, star)) = retry
                && from < path.len()
            {
                retry = Some((from + 1, star));
                at = from + 1;
                part = star + 1;
            } else {
                return false;
            }
        }
    }
}

impl Part {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Literal(literal) => *literal == character,
            Self::Any | Self::Many => true,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *negated
            }
        }
    }
}

fn parse(text: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (part, next) = match text[at] {
            '*' => (Part::Many, at + 1),
            '?' => (Part::Any, at + 1),
            '[' => class(text, at).unwrap_or((Part::Literal('['), at + 1)),
            literal => (Part::Literal(literal), at + 1),
        };
        if !(part == Part::Many && parts.last() == Some(&Part::Many)) {
            parts.push(part);
        }
        at = next;
    }
    parts
}

/// A class such as `[a-c]` or `[!x]`, and where the text goes on after it. An
/// unclosed bracket is a literal one.
fn class(text: &[char], open: usize) -> Option<(Part, usize)> {
    let negated = text.get(open + 1) == Some(&'!');
    let first = open + 1 + usize::from(negated);
    // A bracket that comes first is a member of the class.
    let close = (first + 1..text.len()).find(|at| text[*at] == ']')?;
    let members = &text[first..close];
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < members.len() {
        if at + 2 < members.len() && members[at + 1] == '-' {
            // A range that runs backwards matches nothing, as in fnmatch.
            if members[at] <= members[at + 2] {
                ranges.push((members[at], members[at + 2]));
            }
            at += 3;
        } else {
            ranges.push((members[at], members[at]));
            at += 1;
        }
    }
    Some((Part::Class { negated, ranges }, close + 1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::new(pattern).unwrap().matches(path)
    }

    #[test]
    fn as_fnmatch_does() {
        // Each line was checked against Python 3.11's fnmatch.fnmatchcase.
        for (pattern, path, expected) in [
            ("*.json", "a/b.json", true),
            ("*.json", "b.json5", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("[]]x", "]x", true),
            ("[c-a]x", "bx", false),
            ("[x", "[x", true),
            ("[a-]x", "-x", true),
            ("**", "", true),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("model-*.safetensors", "model-00001-of-2.safetensors", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_trailing_slash_means_all_below() {
        assert!(matches("onnx/", "onnx/model.onnx"));
        assert!(matches("onnx/", "onnx/a/b"));
        assert!(!matches("onnx/", "onnx2/b"));
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        let pattern = "*a".repeat(500);
        assert!(!matches(&pattern, &("a".repeat(4000) + "b")));
    }

    proptest! {
        #[test]
        fn reading_never_panics(pattern in "[\\[\\]!*?a-c/-]{1,20}", path in "[a-c/\\]!-]{0,20}") {
            let _ = matches(&pattern, &path);
        }
    }
}
