//! What torch.export writes: a graph as JSON, whose sizes are formulas that
//! the loader evaluates and whose operators it finds by name; and libraries
//! that AOTInductor compiled, which the loader opens.

mod formula;
mod library;
#[cfg(test)]
mod tests;

pub use library::Compiled;

use std::collections::HashSet;

use nix_ai_model_scan_json::{begin, leaves, unified};
use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, holds, quoted};

use crate::torchscript;

/// A formula.
pub static FORMULA: Rule = Rule {
    id: "torch-export/code-in-formula",
    level: Level::Critical,
    title: "Size of an exported graph that is code",
    why: "torch.export.load hands each formula to SymPy, which evaluates it as Python.",
    advice: "Do not load the program: exporters write names, numbers and arithmetic there.",
};

/// A target.
pub static TARGET: Rule = Rule {
    id: "torch-export/dangerous-target",
    level: Level::High,
    title: "Node of an exported graph that does more than compute",
    why: "The loader finds what a node calls by the dots of its name, from torch on, and calls it with what the graph gives.",
    advice: "Do not load the program: exporters write operators there.",
};

/// A library.
pub static LIBRARY: Rule = Rule {
    id: "torch-export/dangerous-library",
    level: Level::High,
    title: "Compiled model that is none, or does more than compute",
    why: "The loader opens the library with all rights of the process, and runs what it runs when it is opened.",
    advice: "Do not load the package. Compile the model yourself from the exported program.",
};

/// The rules of this module.
pub const RULES: &[&Rule] = &[&FORMULA, &LIBRARY, &TARGET];

/// Signs of a graph.
const SIGNS: &[&str] = &["\"graph_module\"", "\"expr_str\"", "\"as_expr\""];
/// Families of targets that compute.
const COMPUTE: &[&str] = &["torch.ops.", "torch.sym_", "torch._sym_", "torch._higher_order_ops."];
/// Steps of a name that lead to more.
const DANGEROUS: &[&str] = &[
    "attrgetter",
    "builtins",
    "cdll",
    "compile",
    "cpp_extension",
    "ctypes",
    "distributed",
    "eval",
    "exec",
    "from_file",
    "hub",
    "import_module",
    "importlib",
    "inspect",
    "jit",
    "load",
    "load_library",
    "methodcaller",
    "multiprocessing",
    "open",
    "os",
    "package",
    "pickle",
    "popen",
    "save",
    "serialization",
    "shutil",
    "socket",
    "storage",
    "subprocess",
    "sys",
    "system",
    "tempfile",
    "testing",
    "urllib",
    "zipfile",
];

/// Reads graphs.
pub struct Exported;

impl Reader for Exported {
    fn format(&self) -> &'static str {
        "exported program"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = begin(&head.begin);
        let named = ["model.json", "serialized_exported_program.json"].contains(&&*head.name);
        begin.trim_ascii_start().starts_with(b"{") && (named || holds(&begin, SIGNS))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let text = unified(part.view())?;
        let mut told = HashSet::new();
        let mut found = Vec::new();
        leaves(&*text, scan, &mut |path, value, _| {
            let Some(text) = value.text().filter(|_| found.len() < 64) else { return Ok(()) };
            let new = match path.key() {
                "expr_str" => formula::danger(text)
                    .map(|what| FORMULA.found(format!("the formula {} {what}", quoted(text)))),
                "target" if path.has("nodes") => {
                    let told = format!("a node calls {}", quoted(text));
                    is_dangerous(text).then(|| TARGET.found(told))
                }
                _ => None,
            };
            if let Some(new) = new
                && told.insert(text.to_owned())
            {
                found.push(new);
            }
            Ok(())
        })?;
        found.into_iter().for_each(|found| scan.find(part, found));
        Ok(())
    }
}

/// Whether what a node calls does more than compute.
fn is_dangerous(target: &str) -> bool {
    if let Some(operator) = target.strip_prefix("torch.ops.") {
        let steps = operator.split_once('.').map(|(family, name)| format!("{family}::{name}"));
        return steps.is_some_and(|name| torchscript::is_dangerous(&name))
            || operator.starts_with("load_library")
            || operator.contains("__");
    }
    let is_found = ["torch", "math", "_operator", "operator", "builtins"]
        .contains(&target.split('.').next().unwrap_or_default());
    let is_step = |step: &str| DANGEROUS.contains(&step) || step.starts_with("__");
    is_found
        && !COMPUTE.iter().any(|family| target.starts_with(family) && !target.contains("__"))
        && target.split('.').any(is_step)
}
