//! Files that are run, or lead elsewhere, by what they are called or where
//! they lie.

mod git;
mod pip;
mod program;
mod shortcut;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, cut};

use crate::{python, rules, text};
pub(crate) use pip::{is_local, requirements};
use program::Program;

/// Bytes of such a file that are read.
const MOST: usize = 1 << 20;

/// Reads files that start something.
pub(crate) struct Startup;

/// What a file is, by its name.
#[derive(Clone, Copy)]
enum Kind {
    /// Paths that Python adds, and lines that it runs.
    Paths,
    Customize,
    Desktop,
    Address,
    Git,
    Hook,
    Requirements,
    Environment,
    Program(Program),
    Modeline,
    Link,
}

fn kind(name: &str, head: &Head) -> Option<Kind> {
    Some(match name {
        "sitecustomize.py" | "usercustomize.py" => Kind::Customize,
        "config" | "config.local" | ".gitconfig" | ".gitmodules" | "gitconfig" | ".hgrc"
        | "hgrc" | ".lfsconfig" => Kind::Git,
        ".env" | ".env.local" | ".env.production" | ".env.development" | ".env.docker"
        | "env.sh" => Kind::Environment,
        "pre-commit"
        | "post-checkout"
        | "post-merge"
        | "post-commit"
        | "pre-push"
        | "post-rewrite"
        | "prepare-commit-msg"
        | "commit-msg"
        | "post-update"
        | "update"
        | "pre-receive"
        | "post-receive"
        | "fsmonitor-watchman"
        | "pre-auto-gc"
        | "reference-transaction"
        | "post-index-change" => Kind::Hook,
        _ if let Some(program) = program::of(name) => Kind::Program(program),
        _ if name.ends_with(".pth") => Kind::Paths,
        _ if name.ends_with(".desktop") => Kind::Desktop,
        _ if shortcut::leads(name) => Kind::Address,
        _ if name.contains("requirements") && name.ends_with(".txt")
            || name == "constraints.txt" =>
        {
            Kind::Requirements
        }
        _ if head.size.is_some_and(|size| size < 256) && is_link(&head.begin) => Kind::Link,
        _ if name.ends_with(".txt") || !name.contains('.') || name.ends_with(".md") => {
            // It may stand at either end.
            let ends = [head.begin.as_slice(), head.end.as_slice()];
            ends.iter()
                .find(|bytes| program::modeline(&String::from_utf8_lossy(bytes)).is_some())?;
            Kind::Modeline
        }
        _ => return None,
    })
}

/// Whether a text is nothing but a path that leaves the folder, as git keeps
/// links where the system has none.
fn is_link(begin: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(begin) else { return false };
    !path.contains(['\n', ' ', '\r', '"', '<', '('])
        && (path.starts_with("../")
            || path.starts_with("/etc/")
            || path.starts_with("/home/")
            || path.starts_with("/root/")
            || path.starts_with("/proc/")
            || path.starts_with("/dev/"))
}

impl Reader for Startup {
    fn format(&self) -> &'static str {
        "text"
    }

    fn recognises(&self, head: &Head) -> bool {
        kind(&head.name, head).is_some() && text::is_text(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let head = part.head()?;
        let Some(kind) = kind(&head.name, &head) else { return Ok(()) };
        let source = text::read(part, MOST)?;
        let text = source.text.as_str();
        match kind {
            Kind::Paths => paths(text, part, scan)?,
            Kind::Customize if !text.trim().is_empty() => {
                let message = format!("Python runs \"{}\" whenever it starts", cut(part.name()));
                let level = if only_patches(text, part) { Level::Medium } else { Level::High };
                scan.find(part, rules::STARTUP.found(message).level(level));
            }
            Kind::Customize => {}
            Kind::Desktop => shortcut::desktop(text, part, scan),
            Kind::Address => shortcut::address(text, part, scan),
            Kind::Git => git::judge(text, part, scan),
            Kind::Hook if is_lfs_hook(text) => {}
            Kind::Hook => hook(part, scan),
            Kind::Requirements => requirements(text, part, scan),
            Kind::Environment => {
                let message = "The file sets variables of the environment";
                scan.find(part, rules::ENVIRONMENT_FILE.found(message));
                crate::config::environment::file(text, part, scan);
            }
            Kind::Program(program) => program::judge(program, text, part, scan),
            Kind::Modeline => {
                if let Some(line) = program::modeline(text) {
                    let message = format!("Vim evaluates \"{}\"", cut(line));
                    scan.find(part, rules::PROGRAM_FILE.found(message));
                }
            }
            Kind::Link => {
                let message = format!("The file is a link to \"{}\"", cut(text));
                scan.find(part, rules::LINK.found(message));
            }
        }
        // Much of what ends so is data.
        let may_be_data = matches!(kind, Kind::Program(Program::Other));
        let is_whole = !source.is_cut || may_be_data;
        if is_whole { Ok(()) } else { Err(Fault::Limit("bytes of text")) }
    }
}

/// Whether a file lies deep in a package, where only who puts its folder on
/// Python's path has it run, and starts nothing.
fn only_patches(source: &str, part: &Part<'_>) -> bool {
    const WORDS: &[&str] = &[
        "import subprocess",
        "from subprocess",
        "subprocess.",
        "popen",
        ".system",
        "spawn",
        "runpy",
        "socket",
        "urllib",
        "requests",
        "httpx",
        "http.",
        "ctypes",
        "exec(",
        "eval(",
        "__import__",
        "__builtins__",
        "base64",
        "codecs",
        "zlib",
        "marshal",
        "pickle",
        "getattr(builtins",
    ];
    let path = format!("{}/{}", part.file(), part.member().unwrap_or_default());
    let way = path.trim_end_matches('/');
    way.matches('/').count() >= 4
        && !way.contains("-packages/")
        && !WORDS.iter().any(|word| source.contains(word))
}

/// Lines that begin with `import` are run.
fn paths(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    // What installers write, as they write it.
    const KNOWN: &[&str] = &[
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack')",
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'stdlib') == 'local'; enabled and __import__('_distutils_hack')",
        "import _virtualenv",
    ];
    const TAILS: &[&str] = &["", ".add_shim()", ".do_override()"];
    for line in source
        .split(['\n', '\r'])
        .filter(|line| line.starts_with("import ") || line.starts_with("import\t"))
    {
        let editable = line
            .strip_prefix("import ")
            .and_then(|rest| rest.split_once(';'))
            .is_some_and(|(module, rest)| {
                module.starts_with("__editable__") && rest.trim() == format!("{module}.install()")
            });
        let namespace = pip::is_namespace(line);
        let written = line.trim_end().trim_end_matches(';');
        let usual = KNOWN
            .iter()
            .any(|known| written.strip_prefix(known).is_some_and(|tail| TAILS.contains(&tail)))
            || editable
            || namespace
            || asks(written);
        let message = format!("Python runs \"{}\" whenever it starts", cut(line));
        scan.find(
            part,
            rules::STARTUP.found(message).level(if usual { Level::Low } else { Level::High }),
        );
        python::judge(line, part, scan)?;
    }
    Ok(())
}

/// Whether a line imports a package only if a variable asks for it.
fn asks(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("import os; os.environ.get(\"") else { return false };
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    rest.split_once("\", None) and __import__(\"").is_some_and(|(variable, rest)| {
        is_name(variable) && rest.strip_suffix("\")").is_some_and(is_name)
    })
}

/// Whether a hook is what Git LFS writes: all that it does is to call it.
pub(crate) fn is_lfs_hook(source: &str) -> bool {
    let mut lines = source.lines().map(str::trim).filter(|line| !line.is_empty());
    let shell = lines
        .next()
        .is_some_and(|line| matches!(line, "#!/bin/sh" | "#!/usr/bin/env sh" | "#!/bin/bash"));
    let mut calls = 0;
    let known = lines.all(|line| {
        if let Some(rest) = line.strip_prefix("git lfs ") {
            calls += 1;
            let mut words = rest.split_whitespace();
            return words.next().is_some_and(|word| {
                matches!(word, "pre-push" | "post-checkout" | "post-commit" | "post-merge")
            }) && words.next() == Some("\"$@\"")
                && words.next().is_none();
        }
        let says = line
            .strip_prefix("command -v git-lfs >/dev/null 2>&1 || { ")
            .and_then(|rest| rest.strip_suffix("; exit 2; }"));
        line.starts_with('#') || says.is_some_and(says_only)
    });
    shell && known && calls == 1
}

/// Whether a command does nothing but print a constant text.
fn says_only(command: &str) -> bool {
    let rest = command
        .strip_prefix("printf >&2 \"\\n%s\\n\\n\" \"")
        .or_else(|| command.strip_prefix("echo >&2 \"\\n"))
        .or_else(|| command.strip_prefix("echo >&2 \""));
    rest.and_then(|rest| rest.strip_suffix('"')).is_some_and(|text| !text.contains(['$', '`', '"']))
}

/// Programs that git runs at its work.
fn hook(part: &Part<'_>, scan: &mut Scan<'_>) {
    let path = format!("{}!{}", part.file(), part.member().unwrap_or_default());
    if path.contains(".git/hooks/")
        || path.contains(".githooks/")
        || path.contains("hooks/") && path.contains(".git")
    {
        let message = format!("Git runs \"{}\" at its work", cut(part.name()));
        scan.find(part, rules::GIT.found(message));
    }
}
