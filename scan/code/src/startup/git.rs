//! Settings of git, of its neighbours, and of what they fetch.

use nix_ai_model_scan_walk::{Part, Scan, cut};

use crate::{rules, shell};

/// Settings of git that name programs.
pub(super) fn judge(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !source.trim_start().starts_with(['[', '#', ';']) {
        return;
    }
    let is_lfs = part.name().eq_ignore_ascii_case(".lfsconfig");
    // Git keeps a carriage return that no line feed follows, and drops it where
    // it writes the path: what it checks and what it uses differ.
    let mut returns = source.match_indices('\r').map(|(at, _)| source[at + 1..].chars().next());
    if returns.any(|next| next.is_some_and(|next| next != '\n')) {
        let message = "A carriage return in a value has git follow another path than it checks";
        scan.find(part, rules::GIT.found(message));
    }
    let mut section = String::new();
    for line in source.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line.to_ascii_lowercase();
            let climbs = section.starts_with("[submodule") && section.contains("..");
            if climbs || section.starts_with("[url") && shell::is_foreign(&section) {
                let message = format!("Git follows \"{}\"", cut(line));
                scan.find(part, rules::GIT.found(message));
            }
        }
        let line = if line.starts_with('[') {
            line.split_once(']').map_or("", |(_, rest)| rest.trim())
        } else {
            line
        };
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (key.trim().to_ascii_lowercase(), value.trim().trim_matches('"'));
        let lower = value.to_ascii_lowercase();
        let programs = match key.as_str() {
            "fsmonitor" => !matches!(value, "true" | "false"),
            "sshcommand" | "hookspath" | "gitproxy" | "askpass" | "editor" | "pager"
            | "textconv" => {
                section.starts_with("[core")
                    || section.starts_with("[diff")
                    || section.starts_with("[http")
            }
            "external"
            | "alternaterefscommand"
            | "packobjectshook"
            | "uploadpack"
            | "receivepack"
            | "vcs"
            | "driver"
            | "difffilter"
            | "cmd" => {
                !value.starts_with("git-") && !section.starts_with("[remote") || lower.contains(' ')
            }
            "allow" => section.starts_with("[protocol \"ext\"") && lower == "always",
            // What is fetched and told on the way is anybody's.
            "url" | "lfsurl" | "pushurl" | "lfspushurl" if is_lfs && shell::is_foreign(&lower) => {
                true
            }
            _ if key.ends_with("_command") => shell::harm(value).is_some() || lower.contains(" -c"),
            "command" | "program" => section.starts_with("[gpg") || section.starts_with("[diff"),
            "clean" | "smudge" | "process" => {
                section.starts_with("[filter")
                    && !value.starts_with("git-lfs")
                    && !value.starts_with("git lfs")
            }
            "helper" => section.starts_with("[credential") && value.contains(['!', '/']),
            "update" => value.starts_with('!'),
            "url" => {
                value.starts_with("ext::")
                    || value.starts_with('-')
                    || lower.contains("://-")
                    || lower.contains("%0a")
                    || lower.contains("proxycommand")
            }
            "path" if section.starts_with("[lfs \"customtransfer") => true,
            "path" => {
                section.starts_with("[submodule")
                    && (value.contains("..") || value.starts_with('-'))
            }
            _ => {
                section.starts_with("[alias") && value.starts_with('!')
                    || section.starts_with("[hooks") && part.name().contains("hgrc")
            }
        };
        let usual =
            matches!(value, "less" | "vim" | "nano" | "cat" | "vi" | "code --wait" | "emacs");
        if programs && !usual {
            let message = format!("Git runs or follows \"{}\" for \"{key}\"", cut(value));
            scan.find(part, rules::GIT.found(message));
        }
    }
}
