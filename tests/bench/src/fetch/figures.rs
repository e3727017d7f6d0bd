//! All that was measured, and its tables.

use std::fmt::Write as _;

use crate::case::Case;
use crate::measure::Sample;
use crate::tool::Tool;

pub(crate) struct Figures(pub(crate) Vec<Measured>);

/// A case, and the medians of every tool.
pub(crate) struct Measured {
    pub(crate) case: Case,
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<(Tool, Sample)>,
}

impl Figures {
    pub(crate) fn of(&self, case: &str, tool: Tool) -> Option<Sample> {
        let measured = self.0.iter().find(|measured| measured.case.name == case)?;
        measured.of(tool)
    }

    /// In Markdown.
    pub(crate) fn tables(&self) -> String {
        let compared = self.0.iter().filter(|measured| !measured.case.sparse);
        let mut text: String = compared.map(Measured::table).collect();
        text += "Memory, one file of zeros:\n\n| | per-file sha256 alone | NAR hash too |\n|---|---|---|\n";
        for measured in self.0.iter().filter(|measured| measured.case.sparse) {
            let _ = write!(text, "| {}", measured.case.name);
            for tool in Tool::OURS {
                let peak = measured.of(*tool).map_or(0.0, |sample| sample.peak);
                let _ = write!(text, " | {peak:.1} MiB");
            }
            text += " |\n";
        }
        text
    }
}

impl Measured {
    fn of(&self, tool: Tool) -> Option<Sample> {
        self.rows.iter().find(|(other, _)| *other == tool).map(|(_, sample)| *sample)
    }

    fn table(&self) -> String {
        let Self { case, rounds, rows } = self;
        let own = self.of(Tool::Prefetch).map_or(f64::NAN, |sample| sample.wall);
        let rounds = if *rounds == 1 { "one round".to_owned() } else { format!("{rounds} rounds") };
        let mut text = format!("### {}: {}\n\nMedians of {rounds}.\n\n", case.name, case.title());
        text += "| | wall, s | of `nix-ai-model prefetch` | CPU, s | peak, MiB |\n|---|---:|---:|---:|---:|\n";
        for (tool, Sample { wall, cpu, peak }) in rows {
            let _ = writeln!(
                text,
                "| {} | {wall:.2} | {:.2} | {cpu:.2} | {peak:.0} |",
                tool.label(),
                wall / own
            );
        }
        text + "\n"
    }
}
