//! Files that shells, editors, debuggers, package managers and the system
//! obey when they start.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use crate::{rules, shell};

/// What obeys the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Shell,
    Pip,
    Npm,
    AutoRun,
    Emacs,
    CMake,
    Registry,
    R,
    Debugger,
    System,
    Idea,
    Serve,
    Gyp,
    Fetcher,
    /// Of what runs commands among much else.
    Other,
}

/// Endings of files that have commands of shells among what else they hold.
const OTHER: &[&str] = &[
    ".conf",
    ".nix",
    ".lua",
    ".nf",
    ".tf",
    ".hcl",
    ".def",
    ".plist",
    ".wsb",
    ".applescript",
    ".smk",
    ".groovy",
    ".gradle",
    ".properties",
    ".sh.j2",
    ".sh.tmpl",
    ".tpl",
    ".pl",
    ".rb",
    ".php",
    ".xml",
    ".exp",
];

/// The program that obeys a file of this name.
pub(super) fn of(name: &str) -> Option<Program> {
    Some(match name {
        ".envrc" | ".bashrc" | ".zshrc" | ".profile" | ".bash_profile" | ".zprofile"
        | ".zshenv" | ".bash_login" | ".bash_logout" | ".xinitrc" | ".xprofile"
        | ".bash_aliases" => Program::Shell,
        "pip.conf" | "pip.ini" | ".pydistutils.cfg" => Program::Pip,
        ".npmrc" | ".yarnrc" => Program::Npm,
        "autorun.inf" => Program::AutoRun,
        ".dir-locals.el" | ".emacs" => Program::Emacs,
        "cmakelists.txt" => Program::CMake,
        ".rprofile" | "rprofile.site" => Program::R,
        ".gdbinit" | ".lldbinit" | ".exrc" | ".vimrc" | ".nvimrc" => Program::Debugger,
        "workspace.xml" => Program::Idea,
        "config.properties" => Program::Serve,
        _ if name.ends_with(".reg") => Program::Registry,
        _ if name.ends_with(".gyp") || name.ends_with(".gypi") => Program::Gyp,
        "crontab" | "anacrontab" | "rc.local" | "root.cron" => Program::System,
        _ if [".service", ".timer", ".path", ".socket", ".cron", ".crontab"]
            .iter()
            .any(|end| name.ends_with(end)) =>
        {
            Program::System
        }
        _ if name.ends_with(".cmake") => Program::CMake,
        ".curlrc" | "_curlrc" | ".wgetrc" | "wgetrc" => Program::Fetcher,
        "build.rs" | "ssh_config" | ".bazelrc" | ".tmux.conf" => Program::Other,
        _ if OTHER.iter().any(|end| name.ends_with(end)) => Program::Other,
        _ => return None,
    })
}

/// Judges the lines that the program obeys.
pub(super) fn judge(program: Program, source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let mut key = String::new();
    for line in source.lines().map(str::trim).take(100_000) {
        let lower = line.to_ascii_lowercase();
        if lower.starts_with(['#', ';']) {
            continue;
        }
        if program == Program::Registry && lower.starts_with('[') {
            key.clone_from(&lower);
        }
        if let Some((level, says)) = verdict(program, &lower, &key) {
            let message = format!("\"{}\" {says}: \"{}\"", cut(part.name()), cut(line));
            scan.find(part, rules::PROGRAM_FILE.found(message).level(level));
            return;
        }
    }
}

fn verdict(program: Program, line: &str, key: &str) -> Option<(Level, &'static str)> {
    let harm = || {
        let harm = shell::harm(line)?;
        let weak = matches!(harm, shell::Harm::Secret | shell::Harm::Persist)
            || harm == shell::Harm::Download && crate::script::is_published(line);
        Some((if weak { Level::Medium } else { Level::High }, harm.says()))
    };
    match program {
        Program::Gyp => gyp(line),
        Program::Other => {
            let line = line.replace("</command>", " ").replace("</string>", " ");
            shell::certain(&line).map(|harm| (Level::High, harm.says()))
        }
        Program::Fetcher => {
            let (key, value) = line.split_once(['=', ' '])?;
            let leads = key.contains("proxy") || matches!(key.trim(), "url" | "preproxy");
            let runs = key.contains("askpass");
            (leads && shell::is_foreign(value) || runs)
                .then_some((Level::High, "has everything fetched by way of somebody else"))
        }
        Program::Shell | Program::System | Program::CMake => harm(),
        // Values of attributes are commands of their own.
        Program::Idea => line.split('"').find_map(|value| {
            let harm = shell::harm(value)?;
            Some((Level::High, harm.says()))
        }),
        Program::Serve => {
            let (key, value) = line.split_once('=')?;
            let (key, value) = (key.trim(), value.trim());
            let fetches = matches!(key, "load_models" | "model_store" | "workflow_store")
                && value.contains("://")
                && !crate::startup::is_local(value);
            let starts = key == "vmargs"
                && [
                    "-javaagent:",
                    "-agentpath:",
                    "-agentlib:",
                    "-xx:onoutofmemoryerror=",
                    "-xx:onerror=",
                ]
                .iter()
                .any(|option| value.contains(option));
            (fetches || starts).then_some((Level::High, "has the server load code of elsewhere"))
        }
        Program::Pip => index(line, "has packages installed from another place"),
        Program::Npm => index(line, "has packages installed from another place"),
        Program::AutoRun => {
            let (name, value) = line.split_once('=')?;
            let starts = matches!(name.trim(), "open" | "shellexecute")
                || name.trim().starts_with("shell\\") && name.contains("command");
            (starts && !value.trim().is_empty()).then_some((Level::High, "starts a program"))
        }
        Program::Emacs => {
            let calls = [
                "shell-command",
                "call-process",
                "start-process",
                "async-shell-command",
                "make-process",
            ];
            (calls.iter().any(|call| line.contains(call)))
                .then_some((Level::High, "starts a program"))
        }
        Program::Registry => registry(line, key),
        Program::R => {
            let runs = ["system(", "system2(", "shell(", "processx::"]
                .iter()
                .any(|call| line.contains(call));
            let fetches = line.contains("download.file(") && line.contains("source(")
                || line.contains("source(\"http")
                || line.contains("source('http");
            (runs || fetches).then_some((Level::High, "starts programs or runs what it downloads"))
        }
        Program::Debugger => {
            let shells = [
                "shell ",
                "!",
                ":!",
                "platform shell ",
                "pipe ",
                "python import os",
                "script import os",
                "python os.",
            ]
            .iter()
            .any(|begin| line.starts_with(begin));
            let calls = line.contains("system(") || line.contains("call system");
            (shells || calls).then_some((Level::High, "starts a program"))
        }
    }
}

/// Commands whose output a build of Node's modules is put together from: they
/// run as soon as the package is installed.
fn gyp(line: &str) -> Option<(Level, &'static str)> {
    line.match_indices(['<', '>']).take(100).find_map(|(at, _)| {
        let rest = line[at + 1..].trim_start_matches(['|', '@']);
        let rest = line[at + 1..].strip_prefix("!@(").or_else(|| rest.strip_prefix("!("))?;
        let command = rest.trim_start();
        let runs_file = command.starts_with("node ")
            && !command.starts_with("node -")
            && (command.contains("&&")
                || command.contains("2>&1")
                || command.contains("/dev/null"));
        let bad = shell::harm(command).is_some()
            || [
                "curl ",
                "wget ",
                "base64",
                "bash -c",
                "sh -c",
                "powershell",
                "child_process",
                "eval(",
            ]
            .iter()
            .any(|word| command.contains(word))
            || runs_file;
        bad.then_some((Level::High, "has installing the package run a command"))
    })
}

/// Where packages come from.
fn index(line: &str, says: &'static str) -> Option<(Level, &'static str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let index = matches!(
        name,
        "index-url" | "extra-index-url" | "find-links" | "trusted-host" | "index_url" | "registry"
    ) || name.ends_with(":registry");
    let runs = matches!(name, "script-shell" | "node-options" | "git" | "shell")
        && !value.trim().is_empty();
    if runs {
        return Some((Level::High, "has the package manager start a program"));
    }
    if !index || super::is_local(value) {
        return None;
    }
    let plain =
        value.contains("http://") || name == "trusted-host" || shell::is_odd_host(value.trim());
    Some((if plain { Level::High } else { Level::Medium }, says))
}

/// Keys of the registry that start programs.
fn registry(line: &str, key: &str) -> Option<(Level, &'static str)> {
    let starts = [
        "\\currentversion\\run",
        "\\currentversion\\policies\\explorer\\run",
        "\\winlogon",
        "\\image file execution options\\",
        "\\shell\\open\\command",
        "\\appinit_dlls",
        "\\currentcontrolset\\services\\",
    ];
    let value = line.split_once('=').map(|(_, value)| value)?;
    (starts.iter().any(|start| key.contains(start)) && value.len() > 2)
        .then_some((Level::High, "has the system start a program"))
}

/// A line that tells Vim to evaluate what it says.
pub(super) fn modeline(begin: &str) -> Option<&str> {
    begin.lines().find(|line| {
        let set =
            [" vim:", "\tvim:", " vi:", " ex:", "#vim:"].iter().any(|mark| line.contains(mark))
                || line.starts_with("vim:")
                || line.starts_with("vi:");
        set && ["expr=", "statusline=", "tabline=", "makeprg=", "equalprg="]
            .iter()
            .any(|option| line.contains(option))
            && [
                "system(",
                "execute(",
                "source!",
                "assert_fails(",
                "feedkeys(",
                ":!",
                "job_start(",
                "libcall(",
            ]
            .iter()
            .any(|call| line.contains(call))
    })
}
