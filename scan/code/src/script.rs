//! Scripts of shells and of desktops, and pages.

mod batch;
mod fetched;
pub(crate) mod javascript;
mod julia;
mod powershell;
mod profile;
mod r;
mod variable;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, cut};

use variable::Variables;

use crate::shell::{self, Harm};
use crate::{rules, text};

/// Bytes of a script that are read.
const MOST: usize = 4 << 20;

/// Reads scripts.
pub(crate) struct Script;

/// What a script is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shell,
    /// What builds an image or a program, where downloads are run by custom.
    Build,
    Batch,
    PowerShell,
    /// Visual Basic and what the Windows Script Host runs.
    Host,
    JavaScript,
    Page,
    R,
}

fn kind(head: &Head) -> Option<Kind> {
    let name = head.name.as_str();
    let begin = text::begin(head);
    let first = begin.lines().next().unwrap_or_default();
    if let Some(program) = first.strip_prefix("#!") {
        return match program {
            program if program.contains("python") => None,
            program if program.contains("node") => Some(Kind::JavaScript),
            program if program.contains("pwsh") => Some(Kind::PowerShell),
            _ => Some(Kind::Shell),
        };
    }
    let lower = begin.to_ascii_lowercase();
    let starts = lower.trim_start();
    Some(match name.rsplit('.').next().unwrap_or_default() {
        // Julia's comments are those of shells, and its commands in backquotes.
        "sh" | "bash" | "zsh" | "ksh" | "fish" | "command" | "csh" | "jl" => Kind::Shell,
        // Its texts are for a model.
        _ if name.starts_with("modelfile") || name.ends_with(".modelfile") => return None,
        "bat" | "cmd" => Kind::Batch,
        "r" | "rmd" | "qmd" | "rnw" => Kind::R,
        "ps1" | "psm1" | "psd1" => Kind::PowerShell,
        "vbs" | "vbe" | "wsf" | "wsh" | "hta" | "sct" | "jse" => Kind::Host,
        "js" | "mjs" | "cjs" => Kind::JavaScript,
        "html" | "htm" | "xhtml" | "svg" => Kind::Page,
        "mk" => Kind::Build,
        _ if matches!(
            name,
            "dockerfile"
                | "makefile"
                | "gnumakefile"
                | "containerfile"
                | "justfile"
                | "jenkinsfile"
                | "procfile"
        ) || name.starts_with("dockerfile.") =>
        {
            Kind::Build
        }
        _ if starts.starts_with("<!doctype html")
            || starts.starts_with("<html")
            || starts.starts_with("<script") =>
        {
            Kind::Page
        }
        _ if starts.starts_with("@echo off") => Kind::Batch,
        _ if head.is_named(&[
            ".py", ".md", ".rst", ".txt", ".json", ".yaml", ".yml", ".ipynb", ".c", ".h",
        ]) =>
        {
            return None;
        }
        _ if name.contains('.') => return None,
        _ if shell::harm(lower.get(..lower.len().min(2048)).unwrap_or_default())
            .is_some_and(|harm| harm != Harm::Secret)
            && begin.len() < 4096 =>
        {
            Kind::Shell
        }
        _ => return None,
    })
}

impl Reader for Script {
    fn format(&self) -> &'static str {
        "script"
    }

    fn recognises(&self, head: &Head) -> bool {
        text::is_text(head) && kind(head).is_some()
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let Some(kind) = kind(&part.head()?) else { return Ok(()) };
        let source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        if kind == Kind::Page {
            crate::page::judge(&source.text, part, scan);
            return Ok(());
        }
        if !matches!(kind, Kind::Build | Kind::JavaScript | Kind::R) {
            let message = format!("\"{}\" is a script", cut(part.name()));
            scan.find(part, rules::SCRIPT.found(message));
        }
        disguise(part, scan)?;
        if crate::startup::is_lfs_hook(&source.text) {
            return Ok(());
        }
        if matches!(kind, Kind::Batch | Kind::PowerShell) {
            started(&source.text, part, scan);
        }
        whole(&source.text, kind, part, scan)?;
        commands(&source.text, kind, part, scan);
        let judged = !source.is_cut || matches!(kind, Kind::JavaScript | Kind::R);
        if judged { Ok(()) } else { Err(Fault::Limit("bytes of text")) }
    }
}

/// Judges what only all of a script tells.
fn whole(source: &str, kind: Kind, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let says = match kind {
        Kind::JavaScript => {
            crate::instruction::described(source, part, scan);
            javascript::verdict(source)
        }
        _ if part.head()?.is_named(&[".jl"]) => julia::verdict(source),
        _ => None,
    };
    if let Some((says, line)) = says {
        let message = format!("The script {says}: \"{}\"", cut(line.trim()));
        scan.find(part, rules::ATTACK_SCRIPT.found(message).level(Level::High));
    }
    Ok(())
}

/// Judges the lines of a script.
fn commands(source: &str, kind: Kind, part: &Part<'_>, scan: &mut Scan<'_>) {
    let mut at = 0_usize;
    let mut joined = String::new();
    let mut printed: Option<String> = None;
    let mut variables = Variables::default();
    let mut batch = batch::Batch::default();
    let mut fetched = fetched::Fetched::default();
    for line in source.split_inclusive('\n') {
        let begin = at;
        at += line.len();
        let trimmed = line.trim();
        // A text that is printed; what it has the shell put in is run.
        if let Some(end) = &printed {
            let ends = trimmed == end;
            printed = printed.filter(|_| !ends);
            if !trimmed.contains('`') && !trimmed.contains("$(") {
                continue;
            }
        }
        let comment = trimmed.starts_with('#')
            || trimmed.starts_with("//")
            || trimmed.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("rem "))
            || trimmed.starts_with("::");
        if comment {
            continue;
        }
        // A command may go on in the next line.
        if let Some(part) = trimmed.strip_suffix(['\\', '`', '^'])
            && joined.len() < 8192
        {
            joined.push_str(part);
            joined.push(' ');
            continue;
        }
        joined.push_str(trimmed);
        let mut command = std::mem::take(&mut joined);
        if kind == Kind::Shell && fetched.line(&command) {
            let message = format!("The script starts \"{}\", which it downloads", cut(&command));
            scan.find(part, rules::ATTACK_SCRIPT.found(message).at(begin as u64));
        }
        if kind == Kind::Shell {
            if printed.is_none() {
                printed = shell::printed_until(&command).map(str::to_owned);
            }
            variables.take(&command);
            if let Some(says) = variables.runs(&command) {
                let message = format!("The script {says}: \"{}\"", cut(&command));
                scan.find(part, rules::ATTACK_SCRIPT.found(message).at(begin as u64));
            }
            if let Some(plain) = variables.put(&command) {
                command = plain;
            }
        }
        if kind == Kind::Batch {
            let plain = batch.put(&command);
            batch.take(&command);
            command = plain.unwrap_or(command);
        }
        if let Some((level, says)) = verdict(&command, kind)
            && !(level >= Level::High && shell::only_says(&command, source))
        {
            let message = format!("The script has a command that {says}: \"{}\"", cut(&command));
            scan.find(part, rules::ATTACK_SCRIPT.found(message).at(begin as u64).level(level));
        }
    }
}

fn verdict(command: &str, kind: Kind) -> Option<(Level, &'static str)> {
    // Only these kinds are looked through for words.
    let searched = matches!(kind, Kind::Host | Kind::PowerShell | Kind::JavaScript);
    let lower = if searched { command.to_ascii_lowercase() } else { String::new() };
    let any = |needles: &[&str]| needles.iter().any(|needle| lower.contains(needle));
    let host = match kind {
        Kind::Host => any(&[
            "wscript.shell",
            "shell.application",
            "msxml2.xmlhttp",
            "adodb.stream",
            "winmgmts:",
            "activexobject",
        ]),
        Kind::PowerShell => {
            powershell::hides(command)
                || !is_published(&lower)
                    && any(&[
                        "downloadfile(",
                        "downloadstring(",
                        "set-mppreference",
                        "add-mppreference",
                        "[reflection.assembly]::load",
                        "virtualalloc",
                        "net.sockets.tcpclient",
                        "frombase64string",
                    ])
                    && any(&[
                        "iex",
                        "invoke-expression",
                        "start-process",
                        "mppreference",
                        "load",
                        "virtualalloc",
                        "tcpclient",
                        "downloadfile",
                        "&",
                    ])
        }
        Kind::JavaScript => {
            any(&["eval(atob(", "eval(buffer.from(", "function(atob(", "wscript.shell"])
                || any(&["child_process"]) && command.len() < 1000 && shell::harm(command).is_some()
        }
        Kind::Batch => batch::spells(command) || batch::starts(command),
        Kind::R => return r::verdict(command),
        _ => false,
    };
    if host {
        return Some((Level::High, "reaches the machine by way of the system's scripting"));
    }
    if kind == Kind::JavaScript {
        return None;
    }
    if shell::installs_elsewhere(command) {
        return Some((Level::High, "installs a package of a stranger, unencrypted"));
    }
    let harm = shell::harm(command)?;
    let lower = command.to_ascii_lowercase();
    let level = match (harm, kind) {
        // Nothing that builds has a use for commands that cannot be read.
        // What comes unencrypted is anybody's.
        (Harm::Download, Kind::Build) if lower.contains("http://") => Level::High,
        (Harm::Download | Harm::Persist | Harm::Secret, Kind::Build) => Level::Medium,
        (Harm::Download, Kind::Shell | Kind::PowerShell | Kind::Batch) if is_published(&lower) => {
            Level::Medium
        }
        // Installers write there, too.
        (Harm::Secret, _) => Level::Medium,
        // A container's entry takes the key of whoever starts it.
        (Harm::Persist, _) if lower.contains("authorized_keys") && lower.contains('$') => {
            Level::Medium
        }
        (Harm::Persist, _) if lower.contains("rc") && !lower.contains("cron") => Level::Medium,
        (Harm::Persist, _) if profile::sets_up(&lower) => Level::Medium,
        (Harm::Reverse | Harm::Destroy | Harm::Leak, _) => Level::Critical,
        _ => Level::High,
    };
    Some((level, harm.says()))
}

/// Whether a line fetches from where installers of programs and data are
/// published, as scripts of repositories do.
pub(crate) fn is_published(line: &str) -> bool {
    const HOSTS: &[&str] = &[
        "https://raw.githubusercontent.com/",
        "https://sh.rustup.rs",
        "https://install.python-poetry.org",
        "https://astral.sh/",
        "https://ollama.com/",
        "https://ollama.ai/",
        "https://pixi.sh/",
        "https://micro.mamba.pm/",
        "https://fly.io/",
        "https://get.pnpm.io/",
        "https://bun.sh/",
        "https://get.docker.com",
        "https://bootstrap.pypa.io/",
        "https://github.com/astral-sh/",
        "https://get.scoop.sh",
        "https://unsloth.ai/",
        "https://mise.run",
        "https://get.sdkman.io",
        "https://starship.rs/install.sh",
        "https://install.determinate.systems",
        "https://nixos.org/nix/install",
    ];
    let addresses = line.matches("http://").count() + line.matches("https://").count();
    addresses == 1 && HOSTS.iter().any(|host| line.contains(host)) && !line.contains("base64")
}

/// Tells of a script whose name says that it is weights or data.
pub(crate) fn disguise(part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let head = part.head()?;
    let is_program = head.begins_with(b"#!/") || head.begins_with(b"#! /");
    let is_data = head.is_named(&[
        ".bin",
        ".ckpt",
        ".gguf",
        ".h5",
        ".hdf5",
        ".json",
        ".keras",
        ".model",
        ".npy",
        ".npz",
        ".onnx",
        ".pb",
        ".pickle",
        ".pkl",
        ".pt",
        ".pth",
        ".safetensors",
        ".tflite",
        ".weights",
        "labels.txt",
        "merges.txt",
        "vocab.txt",
    ]);
    if is_program && is_data {
        let message = format!("\"{}\" is a script, which its name hides", cut(part.name()));
        scan.find(part, rules::DISGUISED.found(message).level(Level::High));
    }
    Ok(())
}

/// Tells of a program that one line downloads and another starts.
fn started(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    const PROGRAMS: &[&str] = &[".exe", ".bat", ".cmd", ".ps1", ".vbs", ".scr", ".msi", ".dll"];
    let lower = source.to_ascii_lowercase();
    let mut held: Vec<&str> = Vec::new();
    for line in lower.lines() {
        let downloads = ["curl ", "curl.exe ", "wget ", "iwr ", "invoke-webrequest ", "bitsadmin "]
            .iter()
            .any(|program| line.contains(program));
        let words = line
            .split(|c: char| c.is_whitespace() || "\"'&|;()".contains(c))
            .map(|word| word.rsplit(['/', '\\']).next().unwrap_or(word))
            .filter(|word| PROGRAMS.iter().any(|ending| word.ends_with(ending)));
        for word in words {
            if !downloads && held.contains(&word) {
                let message = format!("The script starts \"{}\", which it downloads", cut(word));
                scan.find(part, rules::ATTACK_SCRIPT.found(message));
                return;
            }
            let known = word.strip_suffix(".exe");
            let is_tool = known.is_some_and(|tool| ["curl", "wget"].contains(&tool));
            if downloads && !is_tool && held.len() < 16 {
                held.push(word);
            }
        }
    }
}
