//! Files that a configuration has taken in as data.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::{rules, shell};

/// Judges a leaf that may name a file of data.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if text.len() > 400 || !text.contains(['/', '\\']) || text.contains([' ', '\n', '<']) {
        return;
    }
    if !(steals(text) && is_data(path)) {
        return;
    }
    let message = format!("\"{}\" is taken in as data, and is a secret of the machine", cut(text));
    scan.find(part, rules::ADDRESS.found(message).level(Level::High));
}

/// Whether the leaf names what a model is trained on or what a prompt is made of.
fn is_data(path: &Path) -> bool {
    const KEYS: &[&str] = &[
        "data",
        "file_name",
        "filename",
        "file_path",
        "filepath",
        "train",
        "corpus",
        "document",
        "script_url",
        "image",
        "audio",
        "video",
        "media",
        "template",
        "prompt",
        "examples",
        "input",
        "knowledge",
        "source_file",
        "ingest",
        "upload",
        "artifact",
        "attachment",
    ];
    // These are keys that a program is given to sign in with.
    const OWN: &[&str] =
        &["credential", "cred", "auth", "kube", "ssh", "key_file", "token", "mount", "volume"];
    let steps = || path.steps.iter().filter_map(|step| step.key()).map(str::to_ascii_lowercase);
    steps().any(|key| KEYS.iter().any(|word| key.contains(word)))
        && !steps().any(|key| OWN.iter().any(|word| key.contains(word)))
}

/// Whether a path leads to a secret of the machine.
fn steals(path: &str) -> bool {
    let place = path.strip_prefix("file://").unwrap_or(path);
    let lower = place.to_ascii_lowercase().replace('\\', "/");
    let leaves = lower.starts_with(['/', '~', '$', '%'])
        || lower.starts_with("../")
        || lower.contains("/../")
        || lower.get(1..3) == Some(":/");
    let far = lower.matches("../").count() >= 2
        && ["/root/", "/etc/", "/proc/", "/home/", "/.ssh", "/.aws", "/var/run/", "/dev/"]
            .iter()
            .any(|folder| lower.contains(folder));
    let own = ["/proc/self/", "/var/run/secrets/", "/run/secrets/kubernetes.io"]
        .iter()
        .any(|begin| lower.starts_with(begin));
    if own || far {
        return true;
    }
    let is_address = place != path;
    (is_address || leaves && !path.contains(':')) && shell::is_secret(&lower)
}
