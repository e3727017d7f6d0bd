//! Notebooks: cells of Python, of shells and of other languages.

use nix_ai_model_scan_walk::{Level, Part, Result, Scan, cut};

use crate::shell::{self, Harm};
use crate::{python, rules};

/// What stands between two cells.
pub(crate) const BETWEEN: &str = "\n\u{c}\n";

/// Judges the code cells of a notebook, and the commands that they hold.
pub(crate) fn judge(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let mut code = String::with_capacity(source.len());
    for cell in source.split(BETWEEN) {
        let begin = cell.trim_start();
        let magic = begin.strip_prefix("%%").and_then(|rest| rest.split_whitespace().next());
        let body = || begin.split_once('\n').map_or("", |(_, body)| body);
        match magic {
            Some(
                "bash" | "sh" | "shell" | "script" | "!" | "sx" | "system" | "cmd" | "powershell",
            ) => {
                body().lines().for_each(|line| command(line, part, scan));
            }
            Some("perl" | "ruby") => foreign(body(), part, scan),
            Some(
                "writefile" | "file" | "html" | "HTML" | "javascript" | "js" | "latex" | "markdown"
                | "svg" | "sql",
            ) => {}
            Some(_) => lines(body(), &mut code, part, scan),
            None => lines(cell, &mut code, part, scan),
        }
    }
    if crate::page::executes(&source.to_ascii_lowercase()) {
        tell("has a page run code in the kernel", "kernel.execute(", Level::High, part, scan);
    }
    python::notebook(&code, part, scan)
}

/// Takes the commands out of a cell of Python.
fn lines(cell: &str, code: &mut String, part: &Part<'_>, scan: &mut Scan<'_>) {
    for line in cell.lines() {
        let start = line.trim_start();
        if let Some(rest) = start.strip_prefix(['!', '%']) {
            if let Some(address) = rest.strip_prefix("run ").map(str::trim_start)
                && (address.starts_with("http://") || address.starts_with("https://"))
            {
                tell("runs what it downloads", start, Level::High, part, scan);
            } else {
                command(rest, part, scan);
            }
            // A command that is a value of Python.
            let value = rest.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let value = value.or_else(|| rest.trim().strip_prefix('$'));
            if let Some(value) = value.filter(|value| !value.contains(['{', '\n'])) {
                let indent = &line[..line.len() - start.len()];
                code.push_str(&format!("{indent}__import__('os').system({value})\n"));
            }
            continue;
        }
        const CALLS: &[&str] = &[
            "get_ipython().system(",
            "get_ipython().getoutput(",
            "get_ipython().run_line_magic(",
            "get_ipython().run_cell_magic(",
            "get_ipython().run_cell(",
            "get_ipython().magic(",
            "ipython.system(",
        ];
        if let Some(rest) =
            CALLS.iter().find_map(|call| start.split_once(call)).map(|(_, rest)| rest)
        {
            command(rest, part, scan);
        }
        // What it is given is an expression, which may decode the command.
        let system =
            ["get_ipython().system(", "get_ipython().getoutput(", "ipython.system(", "ip.system("];
        if let Some((before, rest)) = system.iter().find_map(|call| start.split_once(call)) {
            let indent = &line[..line.len() - start.len()];
            code.push_str(&format!("{indent}{before}__import__('os').system({rest}\n"));
            continue;
        }
        code.push_str(line);
        code.push('\n');
    }
    code.push('\n');
}

/// Judges a command of a shell.
fn command(line: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if line.trim_start().starts_with('#') {
        return;
    }
    if shell::installs_elsewhere(line) {
        return tell(
            "installs a package of a stranger, unencrypted",
            line,
            Level::High,
            part,
            scan,
        );
    }
    let Some(harm) = shell::harm(line) else { return };
    let lower = line.to_ascii_lowercase();
    let level = match harm {
        Harm::Download if downloads_rest(&lower) => Level::Medium,
        Harm::Secret | Harm::Persist => Level::Medium,
        _ => Level::High,
    };
    tell(harm.says(), line, level, part, scan);
}

/// Whether what is run comes from where installers are published, or is no
/// more than unpacked and built.
pub(crate) fn downloads_rest(line: &str) -> bool {
    let runs = line.split('|').skip(1).any(|part| {
        let word = part.split_whitespace().find(|word| *word != "sudo").unwrap_or_default();
        let word = word.split([';', '&', ')']).next().unwrap_or(word);
        matches!(
            shell::program(word),
            "sh" | "bash" | "zsh" | "dash" | "python" | "python3" | "node" | "perl" | "pwsh"
        )
    });
    let temporary = line.contains("/tmp/") && line.contains("chmod");
    let given =
        ["<(", "eval ", "-c $(", "-c \"$(", "-c '$("].iter().any(|begin| line.contains(begin));
    crate::script::is_published(line)
        || !runs && !temporary && !given && line.contains("https://") && !shell::is_odd_host(line)
}

/// Judges a cell of another language.
fn foreign(body: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    for line in body.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if line.contains("system(") || line.contains("exec(") || line.contains("exec \"") {
            return tell("starts programs from another language", line, Level::High, part, scan);
        }
        command(line, part, scan);
    }
}

fn tell(says: &str, line: &str, level: Level, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message = format!("The notebook has a command that {says}: \"{}\"", cut(line));
    scan.find(part, rules::ATTACK_SCRIPT.found(message).level(level));
}
