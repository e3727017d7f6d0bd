//! What package managers run.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use crate::{rules, shell};

/// A script of `package.json`.
pub(super) fn script(name: &str, command: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let inline = ["node -e", "node --eval", "node -p"].iter().any(|how| command.contains(how));
    let script = inline.then(|| crate::script::javascript::verdict(command)).flatten();
    let harm = shell::harm(command).or_else(|| script.map(|_| shell::Harm::Decode));
    let installs = matches!(name, "preinstall" | "install" | "postinstall" | "prepare");
    // It starts something that nobody is to see.
    let hides = installs
        && (command.contains("/.") && command.contains("node ")
            || command.contains("/dev/null") && command.trim_end().ends_with('&'));
    let message = match harm {
        Some(harm) => format!("\"{}\" is a command that {}", cut(command), harm.says()),
        None if installs => format!("\"{}\" runs on installation", cut(command)),
        None => return,
    };
    let level = match harm {
        Some(_) if installs => Level::Critical,
        Some(_) => Level::High,
        None if hides => Level::High,
        None => Level::Low,
    };
    scan.find(part, rules::INSTALL_SCRIPT.found(message).level(level));
}
