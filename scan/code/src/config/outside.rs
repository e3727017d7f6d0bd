//! Files of a model that lie outside of it.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use crate::rules;

/// Judges the path of a file that libraries open by this key.
pub(super) fn judge(key: &str, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    const FILES: &[&str] = &[
        "base_model_name_or_path",
        "tokenizer_file",
        "vocab_file",
        "merges_file",
        "custom_pipeline",
        "model_file",
        "weights_path",
    ];
    if !FILES.contains(&key) || !leaves_folder(text) {
        return;
    }
    let message = format!("\"{}\" of \"{key}\" lies outside of the model", cut(text));
    let home = text.starts_with('/') && !text.contains("..");
    // Windows greets the server of such a path by the user's password.
    let of_server = text.starts_with("\\\\") || text.starts_with("//");
    let level = match (of_server, home) {
        (true, _) => Level::High,
        (false, true) => Level::Low,
        (false, false) => Level::Medium,
    };
    scan.find(part, rules::ADDRESS.found(message).level(level));
}

/// Whether a path leads out of the folder that it is in.
pub(super) fn leaves_folder(path: &str) -> bool {
    path.starts_with(['/', '\\', '~'])
        || path.split(['/', '\\']).any(|step| step == "..")
        || path.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/")
        || path.contains("://")
}
