//! Configurations as sections, keys and values: INI and TOML, line by line.

mod logging;

use nix_ai_model_scan_json::{Path, Step};
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};

use crate::config::{self, Leaf};
use crate::text;

/// Bytes of a text that are read.
const MOST: usize = 4 << 20;

/// Reads them.
pub(crate) struct Ini;

impl Reader for Ini {
    fn format(&self) -> &'static str {
        "configuration"
    }

    fn recognises(&self, head: &Head) -> bool {
        let logs = || head.is_named(&[".conf", ".config"]) && logging::is_logging(&head.begin);
        (head.is_named(&[".toml", ".cfg", ".ini"]) || is_known(&head.name) || logs())
            && text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let mut judge = config::Judge::new(part.clone());
        let mut texts = Vec::new();
        let mut path = Path::default();
        let mut section = 0;
        let is_toml = part.name().to_ascii_lowercase().ends_with(".toml");
        // How far the key of the value that is read is indented.
        let mut indent = 0;
        for line in source.text.lines() {
            let depth = line.len() - line.trim_start().len();
            let line = line.trim();
            if line.starts_with(['#', ';']) {
                continue;
            }
            let header = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            if let Some((name, _)) = header.filter(|(name, _)| !name.contains(['"', ','])) {
                let names = name.trim_matches(['[', ']', ' ']).split('.').take(16);
                path.steps = names.map(|name| Step::Key(name.to_owned())).collect();
                section = path.steps.len();
                continue;
            }
            let (key, value) = match line.split_once('=') {
                // A line that is indented further goes on with a value.
                Some(_) if !is_toml && depth > indent && path.steps.len() > section => (None, line),
                Some((key, value)) if !key.contains(['"', '\'', '[', '(']) => {
                    indent = depth;
                    (Some(key.trim()), value.trim())
                }
                _ => (None, line),
            };
            if let Some(key) = key {
                path.steps.truncate(section);
                path.steps.extend(key.split('.').take(16).map(|key| Step::Key(key.to_owned())));
            }
            for (inner, text) in strings(value) {
                let depth = path.steps.len();
                path.steps.extend(inner.map(|key| Step::Key(key.to_owned())));
                let leaf = if text == "true" { Leaf::True } else { Leaf::Text(text) };
                judge.leaf(&path, &leaf, scan, &mut texts)?;
                path.steps.truncate(depth);
            }
        }
        config::parts(part, texts, scan);
        judge.end(scan)?;
        if !is_toml {
            logging::judge(&source.text, part, scan)?;
        }
        if source.is_cut { Err(Fault::Limit("bytes of text")) } else { Ok(()) }
    }
}

/// Whether a file of this name is written so, whatever its ending.
fn is_known(name: &str) -> bool {
    matches!(
        name,
        "pipfile"
            | "uv.lock"
            | "poetry.lock"
            | "pdm.lock"
            | ".pylintrc"
            | "pylintrc"
            | ".coveragerc"
            | ".flake8"
            | ".replit"
            | "supervisord.conf"
    )
}

/// The strings of a value, each with its key in a table that is written on the
/// line: what is in quotes, or all of it where nothing is.
fn strings(value: &str) -> Vec<(Option<&str>, &str)> {
    let mut all = Vec::new();
    let mut rest = value;
    while let Some(begin) = rest.find(['"', '\'']) {
        let (before, quoted) = rest.split_at(begin);
        let Some(end) = quoted[1..].find(&quoted[..1]) else { break };
        let key = before.trim_end().strip_suffix('=').map(str::trim_end);
        let key = key.and_then(|key| key.rsplit([' ', '{', ',', '\t']).next());
        all.push((key, &quoted[1..=end]));
        rest = &quoted[end + 2..];
    }
    if all.is_empty() {
        all.push((None, value.split(" #").next().unwrap_or(value).trim()));
    }
    all
}

#[cfg(test)]
mod tests {
    use nix_ai_model_scan_walk::{Budget, Level, scan};
    use nix_ai_model_sdk::testing::ScriptedFiles;

    use super::*;

    fn worst(name: &str, text: &str) -> Option<Level> {
        let files = ScriptedFiles::new().file(name, text);
        scan(&files, &[&Ini], Budget::default()).findings.iter().map(|found| found.level).max()
    }

    #[test]
    fn targets_and_places_are_judged_as_in_other_configurations() {
        for (name, text) in [
            ("config.toml", "[model]\n_target_ = \"os.system\"\ncommand = 'echo inert'\n"),
            ("config.cfg", "[training.logger]\noutput_file = \"/root/.bashrc\"\n"),
            ("a.ini", "[x]\nmodel._target_ = os.system\n"),
            ("a.toml", "model = { _target_ = \"builtins.eval\", x = 1 }\n"),
        ] {
            assert!(worst(name, text) >= Some(Level::High), "{text}");
        }
        for (name, text) in [
            (
                "pyproject.toml",
                "[project]\nname = \"a\"\nrequires-python = \">=3.9\"\n[tool.x]\ntype = \"os.path.join\"\n",
            ),
            (
                "config.cfg",
                "[training.logger]\n@loggers = \"spacy.ConsoleLogger.v1\"\noutput_file = \"log.jsonl\"\n",
            ),
        ] {
            assert!(worst(name, text) < Some(Level::High), "{text}");
        }
    }
}
