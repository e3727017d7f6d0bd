//! Names that are imported and called by whoever instantiates a configuration.

use nix_ai_model_scan_names::{Family, Tier, tier};
use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::rules;

/// How bad it is to call what has this dotted name; `None` where it is not
/// known to be bad.
pub(crate) fn danger(path: &str) -> Option<Level> {
    let path = path.trim().replace(':', ".");
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", &path));
    match tier(module, name) {
        Tier::Dangerous(Family::Disturbance | Family::Files | Family::Network) => Some(Level::High),
        Tier::Dangerous(_) => Some(Level::Critical),
        _ if crate::python::runs(&path) => Some(Level::Critical),
        _ => None,
    }
}

/// Whether a text is a dotted name.
fn names_code(text: &str) -> bool {
    text.len() < 300
        && text.contains('.')
        && text.split(['.', ':']).all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}

/// Judges a leaf that may name a target.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let key = path.key();
    match key {
        "_target_" | "class_path" | "_class_path_" | "py/function" | "py/reduce" | "py/repr"
        | "py/object" | "py/type" | "py/newobj" | "loader_module" => {
            certain(key, text, part, scan);
        }
        // Other things are called so, too: only what is bad is told.
        "target" | "callable" | "factory" | "func" | "function" | "entrypoint" | "entry_point"
        | "()" | "class" | "type" | "module" | "_type_" | "cls" | "init_fn" | "__target__"
        | "obj" | "_obj_" | "class_name"
            if names_code(text) && strong(text) =>
        {
            tell(key, text, Level::Critical, part, scan);
        }
        _ => {}
    }
    if text.contains("${") {
        resolvers(text, part, scan);
    }
}

/// Only what runs code: other names of danger are too common as words.
fn strong(text: &str) -> bool {
    let (module, name) = text.rsplit_once('.').unwrap_or(("", text));
    let dangerous =
        matches!(tier(module, name), Tier::Dangerous(Family::Execution | Family::Process));
    let root = text.split('.').next().unwrap_or_default();
    let plain = matches!(
        root,
        "os" | "subprocess"
            | "builtins"
            | "posix"
            | "nt"
            | "pty"
            | "runpy"
            | "shutil"
            | "ctypes"
            | "importlib"
            | "code"
            | "timeit"
            | "commands"
    );
    plain && dangerous || crate::python::runs(text)
}

fn certain(key: &str, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if key == "py/repr" || key == "py/reduce" {
        return tell(key, text, Level::High, part, scan);
    }
    if let Some(level) = danger(text) {
        return tell(key, text, level, part, scan);
    }
    if text.contains(['(', ' ', '$', '{']) || !text.contains('.') {
        return;
    }
    if key == "loader_module" && (text.starts_with("mlflow.") || text == "mlflow") {
        return;
    }
    let level = if super::is_standard(text) { Level::Medium } else { Level::Note };
    let message = format!("\"{}\" is called by whoever instantiates the configuration", cut(text));
    scan.find(part, rules::TARGET.found(message).level(level));
}

fn tell(key: &str, text: &str, level: Level, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message =
        format!("\"{key}\" names \"{}\", which runs code or reaches the machine", cut(text));
    scan.find(part, rules::TARGET_DANGEROUS.found(message).level(level));
}

/// `${oc.env:NAME}` and resolvers that run code.
fn resolvers(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let Some((_, rest)) = text.split_once("${") else { return };
    let name = rest.split([':', '}']).next().unwrap_or_default().trim();
    let runs = matches!(
        name,
        "eval" | "exec" | "python" | "py" | "shell" | "sh" | "cmd" | "oc.exec" | "system"
    );
    if runs && rest.contains(':') {
        let level =
            if crate::shell::harm(text).is_some() || rest.contains("__") || rest.contains("import")
            {
                Level::High
            } else {
                Level::Low
            };
        let message = format!("\"{}\" runs code where the configuration is resolved", cut(text));
        scan.find(part, rules::RESOLVER.found(message).level(level));
    }
    if name == "oc.env" || name == "env" && rest.contains(':') {
        let message = format!("\"{}\" reads a variable of the environment", cut(text));
        scan.find(part, rules::RESOLVER.found(message).level(Level::Low));
    }
}
