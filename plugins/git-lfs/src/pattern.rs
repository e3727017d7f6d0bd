//! Which LFS files are wanted: patterns with the semantics of Python's
//! `fnmatch`, as the host has them for `files`. `*` crosses `/`, and a pattern
//! that ends in `/` means all below it.

/// The longest pattern, in characters.
pub const LONGEST: usize = 1024;

/// Whether the whole of `path` matches.
pub fn matches(pattern: &str, path: &str) -> bool {
    let mut parts: Vec<char> = pattern.chars().collect();
    if pattern.ends_with('/') {
        parts.push('*');
    }
    let path: Vec<char> = path.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last star stands, and how much of the path it takes so far.
    let mut star: Option<(usize, usize)> = None;
    loop {
        if parts.get(part) == Some(&'*') {
            star = Some((part, at));
            part += 1;
        } else if at == path.len() && part == parts.len() {
            return true;
        } else if let Some(next) = path.get(at).and_then(|one| taken(&parts, part, *one)) {
            (at, part) = (at + 1, next);
        } else {
            // The last star takes one character more.
            match star {
                Some((position, from)) if from < path.len() => {
                    star = Some((position, from + 1));
                    (at, part) = (from + 1, position + 1);
                }
                _ => return false,
            }
        }
    }
}

/// Where the pattern goes on, if what stands at `part` takes the character.
fn taken(parts: &[char], part: usize, character: char) -> Option<usize> {
    let next = match parts.get(part)? {
        '?' => part + 1,
        '[' if let Some(close) = close(parts, part) => {
            let negated = parts[part + 1] == '!';
            let members = &parts[part + 1 + usize::from(negated)..close];
            return (holds(members, character) != negated).then_some(close + 1);
        }
        literal if *literal == character => part + 1,
        _ => return None,
    };
    Some(next)
}

/// Where a class ends. A bracket that comes first is a member of it, and one
/// without an end is literal.
fn close(parts: &[char], open: usize) -> Option<usize> {
    let first = open + 1 + usize::from(parts.get(open + 1) == Some(&'!'));
    (first + 1..parts.len()).find(|at| parts[*at] == ']')
}

fn holds(mut members: &[char], character: char) -> bool {
    loop {
        members = match members {
            [low, '-', high, rest @ ..] => {
                if (*low..=*high).contains(&character) {
                    return true;
                }
                rest
            }
            [one, ..] if *one == character => return true,
            [_, rest @ ..] => rest,
            [] => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn as_fnmatch_does() {
        // Each line was checked against Python 3.11's fnmatch.fnmatchcase.
        for (pattern, path, expected) in [
            ("*.bin", "a/b.bin", true),
            ("*.bin", "b.bin5", false),
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
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_trailing_slash_means_all_below() {
        assert!(matches("weights/", "weights/a/b"));
        assert!(!matches("weights/", "weights2/b"));
    }

    #[test]
    fn a_hostile_pattern_ends_soon() {
        assert!(!matches(&"*a".repeat(500), &("a".repeat(4000) + "b")));
    }

    proptest! {
        #[test]
        fn matching_never_panics(pattern in "[\\[\\]!*?a-c/-]{0,20}", path in "[a-c/\\]!-]{0,20}") {
            let _ = matches(&pattern, &path);
        }
    }
}
