//! MLflow: `MLmodel` says which module loads a model and which code comes with
//! it.

#[cfg(test)]
mod tests;

use std::io::{BufRead, Read};

use nix_ai_model_scan_walk::{Fault, Found, Head, Level, Part, Reader, Result, Rule, Scan, cut};

use crate::names::{Named, named};
use crate::text::leads_outside;

/// A loader that lets an attacker do something.
pub static LOADER: Rule = Rule {
    id: "mlflow/dangerous-loader",
    level: Level::Critical,
    title: "MLflow model whose loader is no loader",
    why: "MLflow imports the module that is named as loader and calls its function \"_load_pyfunc\".",
    advice: "Do not load the model.",
};

/// Code that comes with the model.
pub static CODE: Rule = Rule {
    id: "mlflow/own-code",
    level: Level::Medium,
    title: "MLflow model with code of its own",
    why: "MLflow puts the model's code before all other modules, and imports the loader that is named, when the model is loaded.",
    advice: "Read the code as you would read that of any program that you run.",
};

/// A path out of the model.
pub static OUTSIDE: Rule = Rule {
    id: "mlflow/outside-path",
    level: Level::High,
    title: "MLflow model that names a path outside itself",
    why: "What lies there is loaded, as code or as a pickle, as if it were the model's.",
    advice: "Do not load the model.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&CODE, &LOADER, &OUTSIDE];

/// Keys whose paths are of the model's folder.
const PATHS: &[&str] = &[
    "code",
    "data",
    "model_path",
    "pickled_model",
    "python_model",
    "saved_model_dir",
    "serialized_model",
    "state_dict",
    "env",
    "conda",
    "virtualenv",
    "model_data",
    "code_path",
];

/// `MLmodel` files.
pub struct Mlflow;

impl Reader for Mlflow {
    fn format(&self) -> &'static str {
        "MLflow model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.is_text()
            && (head.name == "mlmodel"
                || head.holds(&["flavors:"]) && head.holds(&["loader_module:"]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        // A key whose value comes on the next line.
        let mut pending: Option<String> = None;
        loop {
            let at = cursor.position();
            let mut line = Vec::new();
            Read::take(&mut cursor, 8192)
                .read_until(b'\n', &mut line)
                .map_err(|error| Fault::Unreadable(error.to_string()))?;
            if line.is_empty() {
                return Ok(());
            }
            scan.budget.step(1)?;
            let line = String::from_utf8_lossy(&line);
            if let Some(key) = pending.take().filter(|_| !line.contains(':')) {
                pending = line.trim().is_empty().then(|| key.clone());
                scan_all(part, scan, at, judged(&key, &bare(&line)));
                continue;
            }
            // Values may stand within braces, as in JSON.
            for entry in line.split(['{', '}', ',']) {
                let Some((key, value)) = entry.split_once(':') else { continue };
                let (key, value) = (bare(key), bare(value));
                scan_all(part, scan, at, judged(&key, &value).or_else(|| hidden(&key, &value)));
                pending = matches!(value.as_str(), "" | ">" | "|" | ">-" | "|-").then_some(key);
            }
        }
    }
}

fn scan_all<'a>(part: &Part<'a>, scan: &mut Scan<'a>, at: u64, found: Option<Found>) {
    if let Some(found) = found {
        scan.find(part, found.at(at));
    }
}

/// The text of a key or value without quotes, and without its tag or anchor.
fn bare(text: &str) -> String {
    let mut text = text.trim().trim_start_matches("- ");
    while let Some((mark, rest)) = text.split_once(' ')
        && mark.starts_with(['!', '&'])
    {
        text = rest.trim();
    }
    text.split(" #").next().unwrap_or(text).trim().trim_matches(['"', '\'', ' ']).to_owned()
}

/// A key that is written so that its letters are not seen. MLflow writes none.
fn hidden(key: &str, value: &str) -> Option<Found> {
    let is_hidden = key.contains('\\') || key.starts_with("? ") || key == "<<";
    is_hidden.then(|| {
        let told = format!("the key of \"{}\" is written by escapes or marks", cut(value));
        LOADER.found(told).level(Level::High)
    })
}

fn judged(key: &str, value: &str) -> Option<Found> {
    let is_null = matches!(value, "" | "null" | "~" | "None");
    match key {
        "loader_module" if !is_null => loader(value),
        _ if is_null || !PATHS.contains(&key) => None,
        _ if leads_outside(value) => {
            Some(OUTSIDE.found(format!("the {key} \"{}\" lies outside the model", cut(value))))
        }
        "code" | "code_path" => Some(
            CODE.found(format!("the code in \"{}\" is imported", cut(value))).level(Level::Low),
        ),
        _ => None,
    }
}

fn loader(module: &str) -> Option<Found> {
    if module == "mlflow" || module.starts_with("mlflow.") {
        return None;
    }
    let quoted = format!("the module \"{}\" is imported as loader", cut(module));
    // A module of Python's own has no such function, but names that do.
    match named(module, "_load_pyfunc") {
        Named::Dangerous | Named::Suspect => Some(LOADER.found(quoted)),
        _ if module.contains(['/', '\\', ' ']) => Some(LOADER.found(quoted).level(Level::High)),
        // The reader of configurations tells it of all kinds of models.
        _ => Some(CODE.found(quoted).level(Level::Low)),
    }
}
