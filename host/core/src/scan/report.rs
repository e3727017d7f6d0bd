//! What was found, under a policy.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use super::{AllowEntry, Date, FailOn, Finding, Level, Policy, Scanned, ScannerIdentity, rules};
use crate::digest::Digest;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// The most paths of files that no scanner recognised in a report.
const UNRECOGNISED: usize = 1_000;

/// What a scan found, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What follows.
    pub verdict: Verdict,
    /// From which level on findings fail it.
    pub fail_on: FailOn,
    /// What was scanned.
    pub files: Files,
    /// The findings that are not allowed, by level.
    pub totals: Totals,
    /// Who scanned.
    pub scanners: Vec<ScannerIdentity>,
    /// What was found, in path order, the worst of a file first.
    pub findings: Vec<Told>,
    /// The first thousand paths of files that no scanner recognised.
    pub unrecognised: Vec<String>,
    /// Entries that fit no finding.
    pub unused_allowances: Vec<AllowEntry>,
    /// Entries whose last day is over, and that would have fitted one.
    pub expired_allowances: Vec<AllowEntry>,
}

/// What follows from a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing at the level to fail on.
    Passed,
    /// Something.
    Failed,
}

/// What was scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Files {
    /// Files in all.
    pub scanned: usize,
    /// Those that a scanner recognised and judged.
    pub judged: usize,
    /// Those that none recognised.
    pub unrecognised: usize,
    /// The sizes of all together, in bytes.
    pub bytes: u64,
}

/// Findings by level; those that are allowed are counted on their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the levels say what they are")]
pub struct Totals {
    pub unjudged: usize,
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
    pub note: usize,
    /// Of any level.
    pub allowed: usize,
}

/// A finding, and what the policy says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
    /// SHA-256 of the file in hexadecimal, where it was taken: what an entry
    /// that allows this finding is keyed by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Why it is let pass, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Allowed>,
}

/// Why a finding is let pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowed {
    /// The user's reason.
    pub reason: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

impl Totals {
    /// How many there are of a level.
    pub fn of(&self, level: Level) -> usize {
        let mut totals = *self;
        *totals.slot(level)
    }

    fn slot(&mut self, level: Level) -> &mut usize {
        match level {
            Level::Unjudged => &mut self.unjudged,
            Level::Critical => &mut self.critical,
            Level::High => &mut self.high,
            Level::Medium => &mut self.medium,
            Level::Low => &mut self.low,
            Level::Note => &mut self.note,
        }
    }
}

impl Policy {
    /// Whether the file of a finding has to be digested: so that an entry can
    /// be found for it, or one be written.
    pub fn wants_digest(&self, finding: &Finding) -> bool {
        finding.path != rules::ALL_FILES
            && (self.fail_on.fails(finding.level) || self.may_allow(finding))
    }

    /// Whether there are entries of the finding's rule.
    pub fn may_allow(&self, finding: &Finding) -> bool {
        self.allow.of_rule(&finding.rule).next().is_some()
    }

    /// Judges what was found. `digests` has SHA-256 of files by their paths.
    pub fn judge(&self, scanned: Scanned, digests: &HashMap<String, Digest>) -> Report {
        let mut used = BTreeSet::new();
        let mut expired = BTreeSet::new();
        let mut totals = Totals::default();
        let findings: Vec<Told> = scanned
            .findings
            .into_iter()
            .map(|finding| {
                let sha256 = digests.get(&finding.path).map(Digest::to_hex);
                let mut allowed = None;
                for (number, entry) in self.allow.of_rule(&finding.rule) {
                    if sha256.as_deref() != Some(&*entry.sha256) {
                        continue;
                    }
                    used.insert(number);
                    if entry.is_expired(self.today) {
                        expired.insert(number);
                    } else {
                        let reason = escape(&entry.reason);
                        allowed = Some(Allowed { reason, expires: entry.expires });
                    }
                }
                match &allowed {
                    Some(_) => totals.allowed += 1,
                    None => *totals.slot(finding.level) += 1,
                }
                Told { finding, sha256, allowed }
            })
            .collect();
        let fails = findings.iter().any(|told| told.fails(self.fail_on));
        let entries = || self.allow.entries.iter().enumerate();
        let unused = entries().filter(|(number, _)| !used.contains(number));
        let expired = entries().filter(|(number, _)| expired.contains(number));
        let unrecognised = scanned.unrecognised.len();
        Report {
            verdict: if fails { Verdict::Failed } else { Verdict::Passed },
            fail_on: self.fail_on,
            files: Files {
                scanned: scanned.files,
                judged: scanned.files.saturating_sub(unrecognised),
                unrecognised,
                bytes: scanned.bytes,
            },
            totals,
            scanners: scanned.scanners,
            findings,
            unused_allowances: unused.map(|(_, entry)| entry.clone()).collect(),
            expired_allowances: expired.map(|(_, entry)| entry.clone()).collect(),
            unrecognised: scanned.unrecognised.into_iter().take(UNRECOGNISED).collect(),
        }
    }
}

impl Told {
    /// Whether it makes the scan fail.
    pub fn fails(&self, fail_on: FailOn) -> bool {
        self.allowed.is_none() && fail_on.fails(self.finding.level)
    }
}

impl Report {
    /// The findings that make it fail.
    pub fn failing(&self) -> impl Iterator<Item = &Told> {
        self.findings.iter().filter(|told| told.fails(self.fail_on))
    }

    /// The exit code that follows.
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Passed => 0,
            Verdict::Failed => Kind::Findings.exit_code(),
        }
    }

    /// The verdict as the end of an operation.
    ///
    /// # Errors
    /// [`Kind::Findings`] where something was found that fails the scan.
    pub fn check(&self) -> Result<()> {
        let failing: Vec<&Told> = self.failing().collect();
        let Some(first) = failing.first() else { return Ok(()) };
        let files: BTreeSet<&str> = failing.iter().map(|told| &*told.finding.path).collect();
        let worst = failing.iter().max_by_key(|told| told.finding.level).unwrap_or(first);
        let Finding { path, rule, message, .. } = &worst.finding;
        let message = format!(
            "the scan failed: {} in {}, the worst is {rule} in \"{}\": {message}",
            super::text::counted(failing.len(), "finding"),
            super::text::counted(files.len(), "file"),
            escape(path),
        );
        Err(Error::new(Kind::Findings, message).with_hint(
            "do not load the model. Where a finding is wrong or the risk is taken, allow it by the file's digest, the rule and a reason (--allow); a higher --fail-on lets lesser findings pass",
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::super::Allow;
    use super::*;
    use crate::digest::{Algorithm, Hasher};

    fn sha256(bytes: &[u8]) -> Digest {
        let mut hasher = Hasher::new([Algorithm::Sha256], None);
        hasher.update(bytes);
        hasher.finish().remove(0)
    }

    fn entry(rule: &str, expires: Option<&str>) -> AllowEntry {
        AllowEntry {
            sha256: sha256(b"a").to_hex(),
            rule: rule.to_owned(),
            reason: "we made\u{1b} it".to_owned(),
            expires: expires.map(|date| date.parse().unwrap()),
        }
    }

    fn judged(fail_on: &str, entries: Vec<AllowEntry>) -> Report {
        let policy = Policy {
            fail_on: fail_on.parse().unwrap(),
            allow: Allow { entries },
            today: "2027-01-31".parse().unwrap(),
        };
        let findings = vec![
            rules::SPECIAL.found("a", "a"),
            rules::LINK_OUTSIDE.found("a", "b"),
            rules::LINK_OUTSIDE.found("b", "b"),
            rules::SAME_NAME.found("c", "c"),
        ];
        let scanned = Scanned {
            findings,
            files: 5,
            unrecognised: vec!["d".to_owned()],
            ..Scanned::default()
        };
        let digests = [("a", b"a"), ("b", b"b")];
        let digests = digests.map(|(path, bytes)| (path.to_owned(), sha256(bytes))).into();
        policy.judge(scanned, &digests)
    }

    #[test]
    fn a_finding_is_allowed_by_digest_and_rule() {
        let report =
            judged("high", vec![entry("file/link-outside", None), entry("file/special", None)]);
        let allowed: Vec<_> = report.findings.iter().map(|told| told.allowed.is_some()).collect();
        assert_eq!(allowed, [true, true, false, false]);
        assert_eq!(report.findings[0].allowed.as_ref().unwrap().reason, "we made\\u{1b} it");
        assert_eq!(report.verdict, Verdict::Failed, "the other file is not allowed");
        assert_eq!((report.totals.allowed, report.totals.high, report.totals.note), (2, 1, 1));
        assert_eq!((report.files.judged, report.files.unrecognised), (4, 1));
        let error = report.check().unwrap_err();
        assert_eq!(error.kind(), Kind::Findings);
        assert!(
            error
                .message()
                .contains("1 finding in 1 file, the worst is file/link-outside in \"b\""),
            "{error}"
        );
    }

    #[test]
    fn an_entry_that_is_over_allows_nothing_and_says_so() {
        let entries = vec![entry("file/special", Some("2027-01-30")), entry("file/other", None)];
        let report = judged("high", entries.clone());
        assert_eq!(report.totals.allowed, 0);
        assert_eq!(report.expired_allowances, entries[..1]);
        assert_eq!(report.unused_allowances, entries[1..]);
        let report = judged("high", vec![entry("file/special", Some("2027-01-31"))]);
        assert_eq!(report.totals.allowed, 1, "its last day counts");
    }

    #[test]
    fn the_level_decides() {
        for (fail_on, code) in [("never", 0), ("critical", 0), ("high", 15), ("note", 15)] {
            let report = judged(fail_on, Vec::new());
            assert_eq!(report.exit_code(), code, "{fail_on}");
            assert_eq!(report.check().is_ok(), code == 0);
        }
    }
}
