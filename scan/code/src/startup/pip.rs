//! What packages are installed from, and what installers write.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use crate::{rules, shell};

/// Whether an address is of this machine or of a network of its own.
pub(crate) fn is_local(text: &str) -> bool {
    ["localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal", "[::1]", "//10.", "//192.168."]
        .iter()
        .any(|host| text.contains(host))
}

/// Judges lines that say what to install.
pub(crate) fn requirements(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let lower = line.to_ascii_lowercase();
        let lower = lower.split(" #").next().unwrap_or_default();
        let index =
            ["--index-url", "-i ", "--extra-index-url", "--find-links", "-f ", "--trusted-host"]
                .iter()
                .any(|option| lower.starts_with(option));
        if index || lower.contains("://") {
            let address = lower.replace("git+", "").replace(" @ ", " ");
            let address = address.split_whitespace().find(|word| word.contains("://"));
            let odd = address.is_some_and(shell::is_odd_host);
            let plain = lower.contains("http://") || odd || lower.starts_with("--trusted-host");
            let message = format!("\"{}\" is installed from an address of its own", cut(line));
            let level = match plain {
                true if is_local(lower) => Level::Medium,
                true => Level::High,
                false => Level::Low,
            };
            scan.find(part, rules::REQUIREMENT.found(message).level(level));
        }
    }
}

/// Whether a line is what setuptools writes for packages of namespaces.
pub(super) fn is_namespace(line: &str) -> bool {
    const PIECES: &[&str] = &[
        "import sys, types, os",
        "import sys,types,os",
        "import sys, new, os",
        "import sys,new,os",
        "has_mfs = sys.version_info > (3, 5)",
        "p = os.path.join(sys._getframe(1).f_locals[''], *())",
        "importlib = has_mfs and __import__('')",
        "has_mfs and __import__('')",
        "m = has_mfs and sys.modules.setdefault('', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('', [os.path.dirname(p)])))",
        "m = m or sys.modules.setdefault('', types.ModuleType(''))",
        "ie = os.path.exists(os.path.join(p,''))",
        "m = not ie and sys.modules.setdefault('', types.ModuleType(''))",
        "m = not ie and sys.modules.setdefault('',types.ModuleType(''))",
        "m = not ie and sys.modules.setdefault('',new.module(''))",
        "mp = (m or []) and m.__dict__.setdefault('',[])",
        "(p not in mp) and mp.append(p)",
        "m and setattr(sys.modules[''], '', m)",
    ];
    // The names, which nothing is made of but modules and paths.
    let mut plain = String::with_capacity(line.len());
    for (at, piece) in line.split('\'').enumerate() {
        if at % 2 == 0 {
            plain.push_str(piece);
        } else if piece.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/".contains(&byte))
        {
            plain.push_str("''");
        } else {
            return false;
        }
    }
    let plain = plain
        .replace("'', ''", "''")
        .replace("'', ''", "''")
        .replace("*('',)", "*()")
        .replace("*('')", "*()");
    line.starts_with("import sys")
        && line.contains("'sitedir'")
        && plain.trim().trim_end_matches(';').split(';').all(|piece| {
            let piece = piece.trim();
            PIECES.iter().any(|known| known.replace("'', ''", "''") == piece)
        })
}
