use std::collections::HashMap;

use serde::Serialize;

use super::Level;

/// One thing found. Its texts but the path are escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Who found it.
    pub scanner: String,
    /// The rule's stable identifier.
    pub rule: String,
    /// How bad it is.
    pub level: Level,
    /// The file's path below what was scanned; [`super::rules::ALL_FILES`] where
    /// it is about all of it.
    pub path: String,
    /// Where in the file, in bytes, where that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The part of the file, where it is an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What was found and why it matters.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What one scanner found, and what it covered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The findings, in path order, the worst of a file first.
    pub findings: Vec<Finding>,
    /// The paths of the files that were judged, in order.
    pub judged: Vec<String>,
}

/// Which scanner it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScannerIdentity {
    /// Its name.
    pub name: String,
    /// Its version, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// SHA-256 of its component in hexadecimal, where it is a plugin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// What all scanners found together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The findings, in path order, the worst of a file first.
    pub findings: Vec<Finding>,
    /// The scanners, in the order they were asked for.
    pub scanners: Vec<ScannerIdentity>,
    /// How many files were scanned.
    pub files: usize,
    /// Their sizes together, in bytes.
    pub bytes: u64,
    /// The paths of those that no scanner recognised, in order.
    pub unrecognised: Vec<String>,
}

/// Puts findings in order, and keeps one of those that say the same: the
/// worst, by whoever comes first.
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    type Place = (String, String, Option<String>, Option<u64>, String);
    let mut places: HashMap<Place, usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let Finding { path, rule, member, offset, .. } = &finding;
        // Without an offset the words alone tell one from another.
        let words = if offset.is_none() { finding.message.clone() } else { String::new() };
        let place = (path.clone(), rule.clone(), member.clone(), *offset, words);
        match places.get(&place) {
            None => {
                places.insert(place, kept.len());
                kept.push(finding);
            }
            Some(same) if kept[*same].level < finding.level => kept[*same] = finding,
            Some(_) => {}
        }
    }
    kept.sort_by(|one, other| {
        (&one.path, other.level, &one.member, one.offset, &one.rule, &one.message).cmp(&(
            &other.path,
            one.level,
            &other.member,
            other.offset,
            &other.rule,
            &other.message,
        ))
    });
    kept
}

#[cfg(test)]
mod tests {
    use super::super::rules;
    use super::*;

    #[test]
    fn what_two_scanners_find_is_told_once_at_its_worst() {
        let by = |scanner: &str, level, offset, message: &str| Finding {
            scanner: scanner.to_owned(),
            level,
            offset,
            ..rules::STOPPED.found("b", message)
        };
        let merged = merge(vec![
            by("one", Level::Low, Some(3), "m"),
            by("two", Level::High, Some(3), "other words"),
            by("two", Level::Note, Some(4), "m"),
            by("one", Level::Note, None, "m"),
            by("two", Level::Note, None, "m"),
            by("two", Level::Note, None, "n"),
            Finding { path: "a".to_owned(), ..by("two", Level::Note, None, "n") },
        ]);
        let told: Vec<_> = merged
            .iter()
            .map(|f| (f.path.as_str(), f.scanner.as_str(), f.offset, &*f.message))
            .collect();
        assert_eq!(
            told,
            [
                ("a", "two", None, "n"),
                ("b", "two", Some(3), "other words"),
                ("b", "one", None, "m"),
                ("b", "two", None, "n"),
                ("b", "two", Some(4), "m"),
            ]
        );
    }
}
