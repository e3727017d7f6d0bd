//! What a file is found to hold, in tests.

use nix_ai_model_scan_walk::{Budget, Head, Level, Part, Reader, Result, Rule, Scan, scan};
use nix_ai_model_sdk::testing::ScriptedFiles;

/// The rules and levels that this reader tells of a file, in order.
pub fn found(reader: &'static dyn Reader, path: &str, bytes: &[u8]) -> Vec<(String, Level)> {
    found_by(&[reader], path, bytes)
}

/// The same with several readers.
pub fn found_by(readers: &[&dyn Reader], path: &str, bytes: &[u8]) -> Vec<(String, Level)> {
    let files = ScriptedFiles::new().file(path, bytes);
    let report = scan(&files, readers, Budget::default());
    report.findings.into_iter().map(|finding| (finding.rule, finding.level)).collect()
}

/// Whether the default policy fails a file with these findings.
pub fn fails(found: &[(String, Level)]) -> bool {
    found.iter().any(|(_, level)| matches!(level, Level::High | Level::Critical | Level::Unjudged))
}

static HANDED: Rule =
    Rule { id: "test/handed-over", level: Level::High, title: "", why: "", advice: "" };

/// Tells of each part that only another reader could point out.
struct Handed;

impl Reader for Handed {
    fn format(&self) -> &'static str {
        "part"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_excerpt
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        scan.find(part, HANDED.found(part.view().size()?.to_string()));
        Ok(())
    }
}

/// How many parts a reader hands over that only it can point out.
pub fn handed_over(reader: &'static dyn Reader, path: &str, bytes: &[u8]) -> usize {
    let found = found_by(&[reader, &Handed], path, bytes);
    found.iter().filter(|(rule, _)| rule == HANDED.id).count()
}
