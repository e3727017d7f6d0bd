//! Programs that are run.

use nix_ai_model_scan_walk::Level;

use super::{Levels, Verdict};
use crate::python::fact::{Fact, Place};
use crate::python::kind::Kind;
use crate::rules;
use crate::shell::{self, Harm};
use crate::syntax::Marks;

pub(super) fn process(fact: &Fact, level: &Levels, hidden: bool) -> Option<Verdict> {
    if let Some(harm) = fact.harm {
        let says = match harm {
            Harm::Download => "runs a command that runs what it downloads",
            Harm::Decode => "runs a command that runs what it decodes",
            Harm::Reverse => "runs a command that hands a shell to another machine",
            Harm::Destroy => "runs a command that destroys files or disks",
            Harm::Persist => "runs a command that makes itself run again later",
            Harm::Leak => "runs a command that sends secrets away",
            Harm::Secret => "runs a command that reads secrets",
        };
        let weak = matches!(harm, Harm::Secret | Harm::Persist) && level.kind != Kind::Model;
        return Some((&rules::COMMAND, if weak { Level::High } else { Level::Critical }, says));
    }
    if hidden {
        return Some((&rules::HIDDEN, Level::Critical, "runs a program by a hidden name"));
    }
    // A notebook's own commands, which are judged by what they do.
    let notebook = level.kind != Kind::Model && fact.name.starts_with("get_ipython()");
    if notebook && !fact.marks.has(Marks::DECODED | Marks::DOWNLOADED) {
        return Some((&rules::PROCESS, Level::Low, "runs a command of the notebook"));
    }
    // The program begins anew.
    if fact.name.contains(".exec") && fact.subject.as_deref() == Some("python") {
        return Some((&rules::PROCESS, Level::Low, "starts itself anew"));
    }
    // A program that is named is given what is decoded, as `kubectl` is a key.
    let program = fact.subject.as_deref().unwrap_or_default().split_whitespace().next();
    let named = level.kind != Kind::Model
        && program.is_some_and(|program| !program.starts_with('…') && !shell::is_shell(program));
    let whole = !named
        && (!fact.marks.has(Marks::PARTIAL)
            || level.kind == Kind::Model
            || is_given_all(fact.subject.as_deref().unwrap_or_default()));
    if fact.marks.has(Marks::DECODED | Marks::DOWNLOADED) && fact.is_called && whole {
        return Some((
            &rules::OBFUSCATED,
            Level::Critical,
            "runs a command that it decodes or downloads",
        ));
    }
    let subject = fact.subject.as_deref().unwrap_or_default();
    let harmless = shell::is_harmless(subject);
    let installs = subject.contains("pip install") || subject.contains("-m pip");
    // What servers' images lack by custom, from the usual index.
    let usual = installs
        && !level.own
        && !subject.contains("://")
        && !subject.contains(" -i ")
        && !subject.contains("index-url")
        && ["flash-attn", "flash_attn", "requirements.txt"]
            .iter()
            .any(|package| subject.contains(package));
    let found = match (level.kind, level.place) {
        (Kind::Model, _) if usual => Level::Medium,
        (Kind::Model, Place::Import) => Level::High,
        (Kind::Model, _) if harmless => Level::Medium,
        (Kind::Model, _) => Level::High,
        (Kind::Install | Kind::Setup, Place::Import)
            if installs || !fact.is_called || subject.is_empty() || harmless =>
        {
            Level::Low
        }
        (Kind::Install | Kind::Setup, Place::Import) if is_build(subject) => Level::Low,
        (Kind::Install, Place::Import) if shell::is_ordinary(subject) => Level::Medium,
        (Kind::Install, Place::Import) => Level::High,
        (Kind::Setup, Place::Import) => Level::Medium,
        (Kind::Plain, Place::Import) if harmless || !fact.is_called => Level::Low,
        // A tool that looks at the machine hides its command no less than
        // one that harms it: what is known decides.
        (Kind::Plain, Place::Import)
            if (subject.contains('…')
                || subject.is_empty() && (fact.is_indirect || !fact.name.starts_with("os.")))
                && !fact.marks.has(Marks::FILE) =>
        {
            Level::Medium
        }
        (Kind::Plain, Place::Import) if is_module(subject) || shell::is_ordinary(subject) => {
            Level::Medium
        }
        (Kind::Plain, Place::Import) => Level::High,
        (_, Place::Main) => Level::Low,
        _ => Level::Note,
    };
    let says = if fact.is_called { "runs a program" } else { "is handed on, which runs a program" };
    Some((&rules::PROCESS, found, says))
}

/// Whether all that a shell runs is what is not known.
fn is_given_all(command: &str) -> bool {
    let Some(before) = command.trim_end_matches(['"', '\'', ' ']).strip_suffix('…') else {
        return false;
    };
    let option = before.trim_end_matches(['"', '\'', ' ']).rsplit(' ').next().unwrap_or_default();
    shell::is_shell(command)
        && ["-c", "/c", "/k", "-command", "-enc", "-encodedcommand", "-lc", "-ic"]
            .iter()
            .any(|how| option.eq_ignore_ascii_case(how))
}

/// Whether a command runs an installed module of Python, as examples do.
fn is_module(command: &str) -> bool {
    let module = ["python -m ", "python3 -m ", "… -m "];
    module.iter().any(|begin| command.starts_with(begin))
        && !command.contains([';', '|', '&', '`', '>'])
        && !command.contains("$(")
}

/// Whether a command is one that builds and publishes packages.
fn is_build(command: &str) -> bool {
    const USUAL: &[&str] = &[
        "python",
        "twine",
        "rm -rf dist",
        "rm -rf build",
        "swig",
        "cython",
        "mkdir",
        "cp ",
        "make",
        "…",
        "bash",
        "pip",
    ];
    USUAL.iter().any(|begin| command.starts_with(begin))
}

/// A function of which nothing is known, and that is given a command.
pub(super) fn handed(fact: &Fact, level: &Levels) -> Option<Verdict> {
    const SAYS: &[&str] =
        &["print", "log", "echo", "help", "argument", "error", "warn", "info", "write", "debug"];
    let name = fact.name.to_ascii_lowercase();
    let says = SAYS.iter().any(|word| name.contains(word));
    let now = fact.place == Place::Import && level.kind != Kind::Setup && !says;
    // Nobody hides a command that is only shown.
    let hides = fact.marks.has(Marks::DECODED) && level.kind != Kind::Setup && !says;
    let plain = if now || hides { Level::High } else { Level::Note };
    Some((
        &rules::COMMAND,
        level.of(Level::High, Level::High, plain),
        "is handed a command that attacks",
    ))
}
