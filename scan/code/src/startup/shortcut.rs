//! Shortcuts of desktops, and files that lead a desktop elsewhere.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use crate::{rules, shell};

/// Whether a file of this name leads a desktop to what it names as soon as it
/// is opened, or its folder is.
pub(super) fn leads(name: &str) -> bool {
    [
        ".url",
        ".webloc",
        ".website",
        ".library-ms",
        ".searchconnector-ms",
        ".search-ms",
        ".scf",
        ".theme",
        ".themepack",
        ".contact",
        ".settingcontent-ms",
        ".application",
        ".jnlp",
        ".asx",
        ".wax",
        ".m3u",
        ".iqy",
        ".oqy",
        ".rdp",
    ]
    .iter()
    .any(|end| name.ends_with(end))
        || matches!(name, "desktop.ini" | "folder.htt")
}

/// Judges the programs that an entry of a menu starts.
pub(super) fn desktop(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !source.contains("[Desktop Entry]") {
        return;
    }
    let name = part.name().to_ascii_lowercase();
    let stem = name.trim_end_matches(".desktop");
    let poses = [".pdf", ".docx", ".doc", ".txt", ".md", ".png", ".jpg", ".csv", ".json", ".xlsx"]
        .iter()
        .any(|end| stem.ends_with(end));
    let lines = source
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(key.trim(), "Exec" | "TryExec"));
    for (_, command) in lines {
        let lower = command.to_ascii_lowercase();
        let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let evaluates = any(&["sh -c", "python -c", "python3 -c", "perl -e", "node -e", "ruby -e"]);
        let fetches = any(&["curl", "wget", "base64", "/tmp/", "/dev/shm/", "/dev/tcp/"]);
        let hides = poses && any(&["sh -c", "python", "perl", "node"]);
        let bad = shell::harm(command).is_some() || evaluates || fetches || hides;
        let level = if bad { Level::High } else { Level::Medium };
        let message = format!("The shortcut starts \"{}\"", cut(command));
        scan.find(part, rules::SHORTCUT.found(message).level(level));
    }
}

/// Judges where a file leads.
pub(super) fn address(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let name = part.name().to_ascii_lowercase();
    let is_page = name.ends_with(".url") || name.ends_with(".webloc") || name.ends_with(".m3u");
    for line in source.lines().take(10_000) {
        let lower = line.to_ascii_lowercase();
        let keyed = lower.split_once('=').is_some_and(|(key, value)| {
            matches!(key.trim(), "url" | "iconfile" | "workingdirectory" | "baseurl")
                && (value.trim_start().starts_with("file:")
                    || value.contains(".exe")
                    || value.contains(".hta"))
        });
        let queries = name.ends_with("qy") && shell::is_foreign(&lower)
            || lower.strip_prefix("alternate shell:s:").is_some_and(|shell| shell.len() > 2);
        let runs = queries
            || !is_page
                && ["powershell", "cmd.exe", "mshta", "wscript", "rundll32", "regsvr32"]
                    .iter()
                    .any(|program| lower.contains(program));
        let fetches = !is_page
            && (name.ends_with("-ms") || name.ends_with(".scf"))
            && (lower.contains("<url>http")
                || lower.contains("<simplelocation") && lower.contains("http:"));
        if keyed || runs || fetches || names_host(&lower) {
            let message = format!("The shortcut leads to \"{}\"", cut(line.trim()));
            scan.find(part, rules::SHORTCUT.found(message));
        }
    }
}

/// Whether a line names a folder of another machine, to which a desktop that
/// looks at it tells who its user is.
fn names_host(lower: &str) -> bool {
    let share = lower.match_indices("\\\\").any(|(at, begin)| {
        let before = lower[..at].chars().next_back();
        let rest = &lower[at + begin.len()..];
        let host = rest.split(['\\', '/', '<', '"']).next().unwrap_or_default();
        !before.is_some_and(|c| c.is_alphanumeric() || c == ':')
            && host.len() > 2
            && host.starts_with(|c: char| c.is_ascii_alphanumeric())
            && (host.contains('.') || rest.contains('\\'))
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte))
    });
    share
        || lower.split("file://").skip(1).any(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !rest.starts_with("localhost")
        })
}
