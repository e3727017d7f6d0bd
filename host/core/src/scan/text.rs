//! A report for people to read.

use super::{Level, Report, Told, Verdict, rules};
use crate::text::escape;

/// What a piece of text is, so that it can be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A file's path.
    Path,
    /// A finding's level.
    Level(Level),
    /// What is beside the findings.
    Faint,
    /// The verdict.
    Verdict(Verdict),
}

/// The whole report, its files in order of the worst that is in them. `paint`
/// colours a piece of it, or gives it back as it is.
pub fn of(report: &Report, paint: &dyn Fn(Tone, &str) -> String) -> String {
    let mut text = String::new();
    for findings in by_file(report) {
        let path = findings[0].finding.path.as_str();
        let path = if path == rules::ALL_FILES { "all files".to_owned() } else { escape(path) };
        text.push_str(&paint(Tone::Path, &path));
        if let Some(sha256) = &findings[0].sha256 {
            text.push_str(&paint(Tone::Faint, &format!("  sha256 {sha256}")));
        }
        text.push('\n');
        for told in findings {
            finding(&mut text, told, paint);
        }
        text.push('\n');
    }
    allowances(&mut text, report);
    text.push_str(&paint(Tone::Verdict(report.verdict), &summary(report)));
    text.push('\n');
    text
}

/// The findings file by file, the worst file first.
fn by_file(report: &Report) -> Vec<&[Told]> {
    let mut files: Vec<&[Told]> =
        report.findings.chunk_by(|one, other| one.finding.path == other.finding.path).collect();
    let badness = |told: &Told| told.allowed.is_none().then_some(told.finding.level);
    files.sort_by_key(|findings| std::cmp::Reverse(findings.iter().filter_map(badness).max()));
    files
}

fn finding(text: &mut String, told: &Told, paint: &dyn Fn(Tone, &str) -> String) {
    let finding = &told.finding;
    let level = format!("{:<8}", finding.level.name());
    text.push_str(&format!("  {}  {}", paint(Tone::Level(finding.level), &level), finding.rule));
    if let Some(member) = &finding.member {
        text.push_str(&format!(" in {member}"));
    }
    if let Some(offset) = finding.offset {
        text.push_str(&format!(" at byte {offset}"));
    }
    text.push_str(&format!("\n            {}\n", finding.message));
    match (&told.allowed, &finding.advice) {
        (Some(allowed), _) => {
            let until = allowed.expires.map(|date| format!(" until {date}")).unwrap_or_default();
            let line = format!("            allowed{until}: {}\n", allowed.reason);
            text.push_str(&paint(Tone::Faint, &line));
        }
        (None, Some(advice)) => {
            text.push_str(&paint(Tone::Faint, &format!("            {advice}\n")));
        }
        (None, None) => {}
    }
}

fn allowances(text: &mut String, report: &Report) {
    for (entries, what) in [
        (&report.expired_allowances, "is over and no longer allows"),
        (&report.unused_allowances, "allows nothing that was found"),
    ] {
        for entry in entries {
            let expires = entry.expires.map(|date| format!(" until {date}")).unwrap_or_default();
            text.push_str(&format!(
                "the entry for {} in sha256 {}{expires} {what}\n",
                escape(&entry.rule),
                escape(&entry.sha256),
            ));
        }
    }
}

/// One line: the verdict, and what it rests on.
pub fn summary(report: &Report) -> String {
    let files = counted(report.files.scanned, "file");
    let levels: Vec<String> = Level::ALL
        .into_iter()
        .map(|level| (level, report.totals.of(level)))
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{count} {level}"))
        .collect();
    let mut line = match (report.verdict, levels.is_empty()) {
        (Verdict::Failed, _) => format!("failed: {} in {files}", levels.join(", ")),
        (Verdict::Passed, false) => {
            format!("passed, failing on {}: {} in {files}", report.fail_on, levels.join(", "))
        }
        (Verdict::Passed, true) => format!("passed: nothing found in {files}"),
    };
    if report.totals.allowed > 0 {
        line.push_str(&format!(", {} allowed", report.totals.allowed));
    }
    if report.files.unrecognised > 0 {
        line.push_str(&format!(
            "; {} not judged, as no scanner knows their format",
            report.files.unrecognised
        ));
    }
    if report.scanners.is_empty() {
        line.push_str("; no scanner was asked");
    }
    line
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
