//! Containers, and those who start them.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::{rules, shell};

/// Judges a leaf of what describes containers and jobs.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let key = path.key();
    let tell = |what: &str, scan: &mut Scan<'_>| {
        let message = format!("{what} \"{}\"", cut(text));
        scan.find(part, rules::TOOL.found(message).level(Level::High));
    };
    let volume = path.has("services")
        && path.has("volumes")
        && (key == "volumes" && text.split_once(':').is_some_and(|(host, _)| is_root(host))
            || key == "source" && is_root(text)
            || text == "/");
    if volume {
        tell("The container is given what is the machine's own:", scan);
    }
    if path.has("runtime_env") {
        ray(key, text, &tell, scan);
    }
}

/// Whether a folder of the machine is none to share.
pub(super) fn is_root(path: &str) -> bool {
    matches!(
        path.trim_end_matches('/'),
        "" | "/etc"
            | "/root"
            | "/root/.ssh"
            | "/home"
            | "/etc/cron.d"
            | "/etc/kubernetes"
            | "/var/lib/kubelet/pki"
            | "/proc/1/root"
    ) && path.starts_with('/')
}

/// The environment of the workers of Ray.
fn ray(key: &str, text: &str, tell: &dyn Fn(&str, &mut Scan<'_>), scan: &mut Scan<'_>) {
    let lower = text.to_ascii_lowercase();
    match key {
        "py_executable"
            if shell::harm(text).is_some() || lower.contains(" -c ") || lower.starts_with("./") =>
        {
            tell("Every worker is started by", scan);
        }
        "working_dir" | "py_modules" | "uris" | "pip" | "packages" => {
            let known = [
                "https://github.com/",
                "https://gitlab.com/",
                "https://codeload.github.com/",
                "https://huggingface.co/",
                "https://storage.googleapis.com/",
            ];
            let remote = lower.contains("http://") || lower.contains("https://");
            let is_archive =
                lower.ends_with(".zip") || lower.ends_with(".whl") || lower.ends_with(".tar.gz");
            let elsewhere = is_archive
                && !known.iter().any(|host| lower.starts_with(host))
                && !lower.contains(".amazonaws.com/")
                && !lower.contains("pytorch.org/");
            if remote
                && (shell::is_foreign(&lower) || elsewhere)
                && !crate::startup::is_local(&lower)
            {
                tell("Every worker runs code of", scan);
            }
        }
        "worker_process_setup_hook" if super::danger(text).is_some() => {
            tell("Every worker is set up by", scan);
        }
        _ => {}
    }
}
