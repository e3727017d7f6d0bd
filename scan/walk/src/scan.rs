use std::rc::Rc;

use nix_ai_model_sdk::{Entry, Files, Finding, Report};

use crate::view::FileView;
use crate::{Allowance, Budget, Fault, Folder, Found, Level, Part, Reader, Rule, rules};

/// Findings of one rule in one part, or in the same words, that are told; a
/// dump of a thousand equal ones helps nobody.
const OF_A_RULE: usize = 20;

/// Reads all files of a scan with these readers. Each file has a budget of its
/// own, and is judged where a reader recognised it.
pub fn scan<'a>(files: &'a dyn Files, readers: &'a [&'a dyn Reader], budget: Budget) -> Report {
    scan_those(files, readers, budget, |_, _| true)
}

/// As [`scan`], but only the files whose paths are wanted. Nothing is read of the
/// others.
pub fn scan_those<'a>(
    files: &'a dyn Files,
    readers: &'a [&'a dyn Reader],
    budget: Budget,
    wants: fn(&str, &mut Scan<'_>) -> bool,
) -> Report {
    let mut report = Report::new();
    let folder = Rc::new(Folder::new(files));
    for entry in folder.entries() {
        let mut scan = Scan::of_file(readers, entry, &folder, budget);
        if !wants(&entry.path, &mut scan) {
            continue;
        }
        let view = Rc::new(FileView::new(files, entry));
        let recognised = scan.part(&Part::of_file(&entry.path, view));
        let findings = scan.finish();
        if recognised || !findings.is_empty() {
            report.judge(entry, findings);
        }
    }
    report
}

/// The scan of one file, as its readers see it.
pub struct Scan<'a> {
    readers: &'a [&'a dyn Reader],
    entry: &'a Entry,
    /// All files of the scan.
    pub folder: Rc<Folder<'a>>,
    /// What is left to spend.
    pub budget: Budget,
    /// Bytes that may still be decompressed: streams spend from it as they are
    /// read.
    pub inflated: Allowance,
    findings: Vec<Finding>,
    /// Findings beyond the budget.
    untold: u64,
}

impl<'a> Scan<'a> {
    fn of_file(
        readers: &'a [&'a dyn Reader],
        entry: &'a Entry,
        folder: &Rc<Folder<'a>>,
        budget: Budget,
    ) -> Self {
        let inflated = Allowance::new(budget.inflated_of(entry.size));
        let folder = Rc::clone(folder);
        Self { readers, entry, folder, budget, inflated, findings: Vec::new(), untold: 0 }
    }

    /// Has a part read by every reader that recognises it, and says whether
    /// one did.
    pub fn part(&mut self, part: &Part<'a>) -> bool {
        if part.depth() > self.budget.depth {
            self.give_up(part, "file", &Fault::Limit("archives within archives"));
            return true;
        }
        let head = match self.budget.part().and_then(|()| part.head()) {
            Ok(head) => head,
            Err(fault) => {
                self.give_up(part, "file", &fault);
                return true;
            }
        };
        let mut recognised = false;
        for reader in self.readers.iter().filter(|reader| reader.claims(part, &head)) {
            recognised = true;
            if let Err(fault) = reader.read(part, self) {
                self.give_up(part, reader.format(), &fault);
            }
        }
        recognised
    }

    /// Takes note of what was found in a part.
    pub fn find(&mut self, part: &Part<'_>, found: Found) {
        let same = self.findings.iter().rev().take(2 * OF_A_RULE).filter(|finding| {
            finding.rule == found.rule.id
                && (finding.member.as_deref() == part.member() || finding.message == found.message)
        });
        // The worst is never among those that are left out.
        if found.level != Level::Critical && same.count() >= OF_A_RULE
            || self.findings.len() >= self.budget.findings
        {
            self.untold += 1;
            return;
        }
        self.findings.push(Finding {
            rule: found.rule.id.to_owned(),
            level: found.level,
            file: self.entry.id,
            offset: found.offset,
            member: part.member().map(str::to_owned),
            message: found.message,
            advice: Some(found.rule.advice.to_owned()),
        });
    }

    /// Says that a part, or what is left of it, was not judged.
    pub fn give_up(&mut self, part: &Part<'_>, format: &str, fault: &Fault) {
        let rule: &'static Rule = match fault {
            Fault::Unreadable(_) => &rules::UNREADABLE,
            Fault::Truncated(_) | Fault::Broken { .. } => &rules::BROKEN,
            Fault::Unsupported(_) => &rules::UNSUPPORTED,
            Fault::Limit(_) => &rules::LIMIT,
        };
        let mut found = rule.found(format!("the {format} {fault}"));
        found.offset = fault.offset();
        self.find(part, found);
    }

    fn finish(mut self) -> Vec<Finding> {
        if self.untold > 0 {
            let message = format!("{} further findings are not told", self.untold);
            self.findings.push(
                Finding::new(rules::MORE.id, rules::MORE.level, self.entry, message)
                    .with_advice(rules::MORE.advice),
            );
        }
        self.findings
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use nix_ai_model_sdk::testing::ScriptedFiles;

    use super::*;
    use crate::view::{Memory, Range};
    use crate::{Head, Result};

    static FOUND: Rule = Rule {
        id: "test/found",
        level: Level::Low,
        title: "Found",
        why: "It is a test.",
        advice: "Go on.",
    };

    /// Finds what stands after `!`, goes into what stands after `(`, and gives
    /// up at `?`.
    struct Nested;

    impl Reader for Nested {
        fn format(&self) -> &'static str {
            "nest"
        }

        fn recognises(&self, head: &Head) -> bool {
            head.begin.first().is_some_and(|first| b"!(?".contains(first))
        }

        fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
            let bytes = part.view().bytes(0, 100)?;
            match bytes[0] {
                b'!' => scan.find(part, FOUND.found("an exclamation").at(0)),
                b'(' => {
                    let inner = Range::new(part.view().clone(), 1, u64::MAX);
                    scan.part(&part.within("in", Rc::new(inner)));
                }
                _ => return Err(Fault::broken(0, "asks")),
            }
            Ok(())
        }
    }

    fn scanned(files: &ScriptedFiles, budget: Budget) -> Report {
        scan(files, &[&Nested], budget)
    }

    #[test]
    fn parts_within_parts_are_read_and_named() {
        let files = ScriptedFiles::new().file("a", "((!").file("b", "?").file("c", "plain");
        let report = scanned(&files, Budget::default());
        let told: Vec<_> = report
            .findings
            .iter()
            .map(|found| (found.file, &*found.rule, found.member.as_deref(), &*found.message))
            .collect();
        assert_eq!(
            told,
            [
                (0, "test/found", Some("in!in"), "an exclamation"),
                (1, "scan/broken", None, "the nest asks"),
            ]
        );
        assert_eq!(report.judged, [0, 1]);
    }

    #[test]
    fn a_nest_without_bottom_is_given_up_aloud() {
        let files = ScriptedFiles::new().file("a", "(".repeat(50)).file("b", "(((!");
        let report = scanned(&files, Budget { depth: 10, ..Budget::default() });
        let rules: Vec<_> = report.findings.iter().map(|found| &*found.rule).collect();
        assert_eq!(rules, ["scan/limit", "test/found"]);
        assert_eq!(report.findings[0].level, Level::Unjudged);
        let report = scanned(&files, Budget { parts: 3, ..Budget::default() });
        let rules: Vec<_> = report.findings.iter().map(|found| &*found.rule).collect();
        assert_eq!(rules, ["scan/limit", "scan/limit"]);
    }

    #[test]
    fn what_is_too_much_to_tell_is_counted() {
        let entry = Entry { id: 0, path: "a".to_owned(), size: 0 };
        let budget = Budget { findings: 30, ..Budget::default() };
        let files = ScriptedFiles::new();
        let folder = Rc::new(Folder::new(&files));
        let mut scan = Scan::of_file(&[], &entry, &folder, budget);
        let part = Part::of_file("a", Rc::new(Memory::default()));
        for _ in 0..25 {
            scan.find(&part, FOUND.found("again"));
        }
        for _ in 0..25 {
            scan.find(&part, FOUND.found("worse").level(Level::Critical));
        }
        let findings = scan.finish();
        assert_eq!(findings.len(), 31);
        assert_eq!(findings[29].level, Level::Critical);
        assert_eq!(findings[30].message, "20 further findings are not told");
    }
}
