//! Code that comes into a process with a model because other files name or
//! import it. What it does by itself is judged where each file is.

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Scan, cut};

use crate::{bytecode, native, python, rules};

/// Endings of files that are looked at.
const ENDINGS: &[&str] = &[".py", ".so", ".pyd", ".pyc"];

/// Whether a file of this path comes into a process with a model: itself, or in
/// place of its source.
pub fn is_for_all_together(path: &str, scan: &mut Scan<'_>) -> bool {
    if !ENDINGS.iter().any(|end| path.ends_with(end)) {
        return false;
    }
    let source = bytecode::source_of(path);
    python::is_loaded(source.as_deref().unwrap_or(path), scan)
}

/// Reads Python that other files have loaded.
pub(crate) struct Modules;

impl Reader for Modules {
    fn format(&self) -> &'static str {
        "Python code"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_named(&[".py"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        python::loaded(part, scan)
    }
}

/// Reads native code that other files have loaded as a module.
pub(crate) struct Extensions;

impl Reader for Extensions {
    fn format(&self) -> &'static str {
        "program"
    }

    fn recognises(&self, head: &Head) -> bool {
        native::Native.recognises(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let message =
            format!("\"{}\" is native code that the model's code imports", cut(part.name()));
        scan.find(part, rules::EXECUTABLE.found(message).level(Level::High));
        Ok(())
    }
}

/// Reads compiled Python that a loader takes in place of its source.
pub(crate) struct Compiled;

impl Reader for Compiled {
    fn format(&self) -> &'static str {
        "compiled Python"
    }

    fn recognises(&self, head: &Head) -> bool {
        bytecode::Bytecode.recognises(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        bytecode::beside_source(part, scan)
    }
}
