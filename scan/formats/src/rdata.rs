//! R data: `.rds` and `.rda`. Reading one makes objects alone, but a promise
//! among them runs its expression as soon as it is looked at.

mod code;
mod names;
mod source;
#[cfg(test)]
mod tests;
mod walk;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan};

use walk::Walk;

/// A promise that is not kept.
pub static PROMISE: Rule = Rule {
    id: "rdata/promise",
    level: Level::Critical,
    title: "R data with a promise that runs code",
    why: "R before 4.4 keeps a promise out of a file by running its expression as soon as the object is used, even where it is only printed.",
    advice: "Load the file with R 4.4 or later, which keeps no promise of a file, and only where you know what the promise computes.",
};

/// A call of a function that reaches the system.
pub static CALL: Rule = Rule {
    id: "rdata/dangerous-call",
    level: Level::High,
    title: "R data with code that reaches the system",
    why: "Functions in the file run commands, load libraries or open connections when they are called, as methods are by printing the object or predicting with it.",
    advice: "Do not load the file unless you know why it holds such code.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CALL, &PROMISE];

/// R data, as it is in its compressed file.
pub struct Rdata;

impl Reader for Rdata {
    fn format(&self) -> &'static str {
        "R data"
    }

    fn recognises(&self, head: &Head) -> bool {
        begin(&head.begin).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let Some(begin) = begin(&part.view().bytes(0, 32)?) else { return Ok(()) };
        Walk::new(part, begin)?.all(scan)
    }
}

/// Where the serialisation begins, after the signature of a workspace.
fn begin(bytes: &[u8]) -> Option<u64> {
    let workspace = ["RDX2\n", "RDX3\n", "RDA2\n", "RDA3\n", "RDB2\n", "RDB3\n"];
    if workspace.iter().any(|begin| bytes.starts_with(begin.as_bytes())) {
        return Some(5);
    }
    // The form, and versions 2 or 3.
    let forms: [&[u8]; 6] = [
        b"X\n\0\0\0\x02\0",
        b"X\n\0\0\0\x03\0",
        b"B\n\x02\0\0\0",
        b"B\n\x03\0\0\0",
        b"A\n2\n",
        b"A\n3\n",
    ];
    forms.iter().any(|form| bytes.starts_with(form)).then_some(0)
}
