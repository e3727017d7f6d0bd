//! Steps of builds that are given secrets, and where these go.

use nix_ai_model_scan_walk::{Part, Scan, cut};

use super::Path;
use crate::{rules, shell};

/// Variables and steps that are kept, and bytes of a step.
const MOST: usize = 200;
const LONGEST: usize = 4096;

/// The variables of a workflow that hold secrets, and its steps that send.
#[derive(Default)]
pub(super) struct Workflow {
    /// Names, and whether they hold all secrets that there are.
    held: Vec<(String, bool)>,
    sends: Vec<String>,
}

impl Workflow {
    pub(super) fn leaf(&mut self, path: &Path, text: &str) {
        let key = path.key();
        if text.contains("${{") && (path.has("env") || path.has("with")) {
            let lower = text.to_ascii_lowercase().replace(' ', "");
            let all = lower.contains("tojson(secrets)") || lower.contains("tojson(github)");
            if (all || lower.contains("secrets.")) && self.held.len() < MOST {
                self.held.push((key.to_owned(), all));
            }
        }
        let is_step =
            matches!(key, "run" | "script" | "before_script" | "after_script" | "inlineScript");
        if is_step && self.sends.len() < MOST {
            let sends = ["curl", "wget", "nc ", "fetch(", "requests.", "urlopen", "Invoke-"]
                .iter()
                .any(|word| text.contains(word));
            if sends {
                self.sends
                    .push(text[..text.floor_char_boundary(text.len().min(LONGEST))].to_owned());
            }
        }
    }

    pub(super) fn end(&self, part: &Part<'_>, scan: &mut Scan<'_>) {
        for step in &self.sends {
            let lower = step.to_ascii_lowercase();
            let sent = self.held.iter().find(|(name, all)| {
                let used = uses(step, name);
                // Steps talk to the services that their secrets are for.
                used && (*all && lower.contains("://") || shell::is_foreign(&lower))
            });
            if let Some((name, _)) = sent {
                let message = format!(
                    "A step sends the secrets of \"{}\" away: \"{}\"",
                    cut(name),
                    cut(step)
                );
                scan.find(part, rules::TOOL.found(message));
                return;
            }
        }
    }
}

/// Whether a step uses a variable.
fn uses(step: &str, name: &str) -> bool {
    !name.is_empty()
        && step.match_indices(name).any(|(at, name)| {
            let before = &step[..at];
            let after = step[at + name.len()..].chars().next();
            let whole = !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            whole
                && [
                    "$",
                    "${",
                    "env.",
                    "env:",
                    "environ['",
                    "environ[\"",
                    "getenv('",
                    "getenv(\"",
                    "%",
                ]
                .iter()
                .any(|sign| before.ends_with(sign))
        })
}
