//! What a configuration calls, once all of it is known: arguments beside the
//! name, and names that refer to other values.

use std::collections::HashMap;
use std::fmt::Write as _;

use nix_ai_model_scan_walk::{Fault, Level, Part, Result, Scan};

use super::{Path, Step, target};

/// Values that are remembered, and bytes of one.
const MOST: usize = 20_000;
const LONGEST: usize = 200;
const LONGEST_TARGET: usize = 8192;
/// Rounds of references to references.
const DEEPEST: usize = 6;

/// The values of a configuration by the way to them, and what it calls.
#[derive(Default)]
pub(super) struct Instances {
    values: HashMap<String, String>,
    targets: Vec<(String, String, String)>,
    /// Whether there are more than are remembered.
    is_full: bool,
    /// Whether there is a target that is not judged.
    is_over: bool,
}

impl Instances {
    /// Remembers a leaf.
    pub(super) fn leaf(&mut self, path: &Path, text: &str) {
        let is_target = target::is_target(path.key());
        if is_target && (self.targets.len() >= MOST || text.len() > LONGEST_TARGET) {
            self.is_over = true;
            return;
        }
        if text.len() > LONGEST && !is_target {
            return;
        }
        if !is_target && self.values.len() >= MOST {
            self.is_full = true;
            return;
        }
        let way = way(path);
        if is_target {
            let folder = way.rsplit_once('.').map_or("", |(folder, _)| folder).to_owned();
            self.targets.push((folder, path.key().to_owned(), text.to_owned()));
        }
        self.values.insert(way, text.to_owned());
    }

    /// The short values, by the ways to them.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(way, text)| (way.as_str(), text.as_str()))
    }

    /// The value of another key of what lies at this way.
    pub(super) fn beside(&self, folder: &str, name: &str) -> Option<&str> {
        self.values.get(&join(folder, name)).map(String::as_str)
    }

    /// Judges what is called.
    ///
    /// # Errors
    /// Where there is more than is remembered.
    pub(super) fn end(&self, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
        for (folder, key, text) in &self.targets {
            scan.budget.step(64)?;
            let text = self.resolved(text, folder);
            let text = text.trim();
            if self.is_full && text.contains("${") {
                target::tell(key, text, Level::High, part, scan);
                continue;
            }
            let beside = |name: &str| self.values.get(&join(folder, name)).map(String::as_str);
            let argument = |name: &str| {
                beside(name)
                    .or_else(|| beside(&format!("init_args.{name}")))
                    .or_else(|| beside("_args_.0"))
            };
            let name = text.replace(':', ".");
            if target::finds_by_name(&name) {
                match argument("path").or_else(|| argument("obj")) {
                    Some(found) => target::certain(key, &self.resolved(found, folder), part, scan),
                    None => target::called(text, Level::Medium, part, scan),
                }
            } else if target::loads(&name) {
                let trusts = beside("trust_remote_code").is_some_and(is_true);
                let script = argument("path").is_some_and(|path| path.ends_with(".py"));
                if trusts || script {
                    target::tell(key, text, Level::High, part, scan);
                } else {
                    target::called(text, Level::Low, part, scan);
                }
            } else if target::loads_repository(&name) {
                match argument("repo_or_dir").or_else(|| beside("github")) {
                    Some(from) if crate::publisher::is_known(&self.resolved(from, folder)) => {
                        target::called(text, Level::Medium, part, scan);
                    }
                    _ => target::tell(key, text, Level::Critical, part, scan),
                }
            } else if target::may_unpickle(&name) {
                match beside("allow_pickle").is_some_and(is_true) {
                    true => target::tell(key, text, Level::High, part, scan),
                    false => target::called(text, Level::Low, part, scan),
                }
            } else if target::unpickles(&name) && beside("weights_only").is_some_and(is_true) {
                target::called(text, Level::Low, part, scan);
            } else {
                target::certain(key, text, part, scan);
            }
        }
        if self.is_over { Err(Fault::Limit("targets")) } else { Ok(()) }
    }

    /// A text with the references in it that are known.
    fn resolved(&self, text: &str, folder: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..DEEPEST {
            // The innermost reference is the last that begins before the first
            // end.
            let Some(end) = text.find('}') else { break };
            let Some(begin) = text[..end].rfind("${") else { break };
            let inner = text[begin + 2..end].trim();
            let value = self.value(inner, folder);
            let Some(value) = value else { break };
            if value.len() > LONGEST {
                break;
            }
            text = format!("{}{value}{}", &text[..begin], &text[end + 1..]);
        }
        text
    }

    fn value(&self, reference: &str, folder: &str) -> Option<String> {
        // Resolvers end with what they give by default.
        if let Some((name, arguments)) = reference.split_once(':') {
            let (first, default) = match arguments.split_once(',') {
                Some((first, default)) => (first.trim(), Some(default.trim())),
                None => (arguments.trim(), None),
            };
            return match name.trim() {
                "oc.env" | "env" | "oc.decode" => default,
                "oc.select" => self.values.get(first).map(String::as_str).or(default),
                _ => None,
            }
            .map(|text| text.trim_matches(['"', '\'']).to_owned());
        }
        if let Some(mut rest) = reference.strip_prefix('.') {
            let mut from = folder;
            while let Some(more) = rest.strip_prefix('.') {
                rest = more;
                from = from.rsplit_once('.').map_or("", |(above, _)| above);
            }
            return self.values.get(&join(from, rest)).cloned();
        }
        let way = reference.replace('[', ".").replace(']', "");
        self.values.get(&way).cloned()
    }
}

fn is_true(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "yes" | "on")
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}.{name}") }
}

/// Keys and places, joined by dots.
fn way(path: &Path) -> String {
    let mut way = String::new();
    for step in &path.steps {
        if !way.is_empty() {
            way.push('.');
        }
        match step {
            Step::Key(key) => way.push_str(key),
            Step::Item(place) => {
                let _ = write!(way, "{place}");
            }
        }
    }
    way
}
