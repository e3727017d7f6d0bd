//! Tables in text, whose cells a spreadsheet may run.

use nix_ai_model_scan_walk::{Head, Part, Reader, Result, Scan, cut};

use crate::{rules, text};

/// Looks for cells that start programs.
pub(crate) struct Sheet;

/// Programs that such cells ask for.
const PROGRAMS: &[&str] =
    &["cmd|", "msexcel|", "powershell|", "mshta|", "rundll32|", "regsvr32|", "dde("];

impl Reader for Sheet {
    fn format(&self) -> &'static str {
        "table"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".csv", ".tsv", ".slk"]) && text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, text::MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        for line in source.text.lines().filter(|line| line.contains(['|', '('])) {
            let lower = line.to_ascii_lowercase();
            let cells =
                lower.split([',', ';', '\t']).map(|cell| cell.trim_matches([' ', '"', '\'']));
            let starts =
                cells.filter_map(|cell| cell.strip_prefix(['=', '+', '-', '@'])).any(|formula| {
                    PROGRAMS.iter().any(|program| formula.trim_start().starts_with(program))
                });
            if starts {
                let message = format!("A cell of the table starts a program: \"{}\"", cut(line));
                scan.find(part, rules::ATTACK_SCRIPT.found(message));
                return Ok(());
            }
        }
        Ok(())
    }
}
