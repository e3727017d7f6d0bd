//! What the facts of a text amount to.

mod file;
mod process;
mod reach;
mod theft;

use std::collections::HashSet;
use std::rc::Rc;

use nix_ai_model_scan_walk::{Level, Part, Rule, Scan, cut};

use super::effect::Effect;
use super::fact::{Fact, Place};
use super::kind::Kind;
use super::walk::Findings;
use crate::rules;
use crate::syntax::Marks;
use file::{is_temporary, open, remove};
use process::{handed, process};
use reach::{fetch, foreign, resolve, send};

/// Tells what the facts amount to.
pub(super) fn findings(found: &Findings, kind: Kind, part: &Part<'_>, scan: &mut Scan<'_>) {
    let called = called_on_import(found, kind);
    let has =
        |effect: Effect| found.facts.iter().any(|fact| fact.effect == effect && fact.is_called);
    let reverse = has(Effect::Connect) && has(Effect::Redirect);
    let native = found.imports.contains("ctypes");
    let is_service = theft::is_service(part);
    let own = kind == Kind::Model && super::kind::is_own(part.name());
    for fact in &found.facts {
        let mut fact = fact.clone();
        // What installers build with is no attack for being run by them.
        let builds = kind == Kind::Install
            && fact.effect == Effect::Process
            && !fact.marks.has(Marks::DECODED);
        if fact.place == Place::Function
            && !(builds && fact.unit.as_ref().is_some_and(|unit| found.commands.contains(unit)))
            && fact.unit.as_ref().is_some_and(|unit| {
                called.contains(unit) || unit.starts_with("pytest_") && part.name() == "conftest.py"
            })
        {
            fact.place = Place::Import;
            fact.is_indirect = true;
        }
        let judged = theft::verdict(&fact, kind, found, is_service)
            .or_else(|| verdict(&fact, kind, own, reverse, native));
        let Some((rule, level, says)) = judged else { continue };
        let when = match fact.place {
            Place::Import => "on import",
            Place::Main => "when it is run",
            Place::Function => "when it is called",
        };
        let subject = match &fact.subject {
            Some(subject) if !subject.is_empty() => format!(" with \"{}\"", cut(subject)),
            _ => String::new(),
        };
        // Any function of a module that runs things.
        let name = match fact.name.strip_suffix(".exec…") {
            Some(_) => "a function whose name is put together".to_owned(),
            None => cut(&fact.name),
        };
        let message = format!("\"{name}\"{subject} {says} {when}");
        scan.find(part, rule.found(message).at(fact.at as u64).level(level));
    }
}

/// The functions and classes that are called while the module is imported,
/// those that they call included.
fn called_on_import(found: &Findings, kind: Kind) -> HashSet<Rc<str>> {
    let mut all: HashSet<Rc<str>> = HashSet::new();
    let mut left: Vec<Rc<str>> = found
        .called
        .iter()
        .filter(|(unit, name)| unit.is_none() && !found.deferred.contains(name))
        .map(|(_, name)| name.clone())
        .collect();
    if kind == Kind::Install {
        left.extend(found.commands.iter().cloned());
    }
    while let Some(name) = left.pop() {
        if all.insert(name.clone()) {
            let more = found.called.iter().filter(|(unit, _)| unit.as_ref() == Some(&name));
            left.extend(more.map(|(_, callee)| callee.clone()));
        }
    }
    all
}

type Verdict = (&'static Rule, Level, &'static str);

fn verdict(fact: &Fact, kind: Kind, own: bool, reverse: bool, native: bool) -> Option<Verdict> {
    let asked = kind == Kind::Model || fact.is_called && fact.place == Place::Import;
    let hidden = fact.callee.has(Marks::PIECED | Marks::DECODED | Marks::WALKED)
        || fact.callee.has(Marks::ASKED) && asked;
    let level = Levels { kind, place: fact.place, own };
    match fact.effect {
        Effect::Execute => execute(fact, &level, hidden),
        Effect::Process => process(fact, &level, hidden),
        Effect::Bytecode => bytecode(fact, &level),
        Effect::Unpickle => unpickle(fact, &level),
        Effect::Connect if hidden => {
            Some((&rules::HIDDEN, Level::Critical, "opens a connection by a hidden name"))
        }
        Effect::Connect if reverse && kind != Kind::Setup => Some((
            &rules::REVERSE_SHELL,
            Level::Critical,
            "gives a connection the place of the standard streams",
        )),
        Effect::Connect => Some((
            &rules::NETWORK,
            level.of(Level::High, Level::High, Level::Note),
            "opens a connection",
        )),
        Effect::Redirect => None,
        Effect::Fetch => fetch(fact, &level),
        Effect::Send => send(fact, &level),
        Effect::Native => Some((
            &rules::NATIVE,
            match fact.subject.as_deref() {
                _ if hidden => Level::High,
                Some(path) if fact.place == Place::Import && is_temporary(path) => Level::High,
                _ => level.of(Level::High, Level::Medium, Level::Note),
            },
            "loads native code or calls into it",
        )),
        // Tools ask the processor what it is by code of their own.
        Effect::Memory if native && kind == Kind::Plain && fact.place == Place::Function => {
            Some((&rules::NATIVE, Level::Medium, "writes memory to be executed"))
        }
        Effect::Memory if native => {
            Some((&rules::NATIVE, Level::Critical, "writes memory to be executed"))
        }
        Effect::Memory => None,
        Effect::Remove => remove(fact, &level, hidden),
        Effect::Open => open(fact, &level, hidden),
        Effect::Install => Some((
            &rules::INSTALL,
            level.of(Level::High, Level::High, Level::Low),
            "installs packages",
        )),
        Effect::Import if hidden => {
            Some((&rules::HIDDEN, Level::Medium, "imports by a hidden name"))
        }
        Effect::Import => None,
        Effect::Walk => Some((
            &rules::WALK,
            if fact.callee.has(Marks::WALKED) && fact.place == Place::Import && kind != Kind::Setup
            {
                Level::High
            } else {
                level.of(Level::High, Level::High, Level::Medium)
            },
            "finds every class that is loaded",
        )),
        Effect::Resolve => resolve(fact, &level),
        Effect::Foreign => foreign(fact, &level),
        Effect::Persist => fact.harm.map(|_| {
            let found = level.of(Level::Critical, Level::Critical, Level::Medium);
            (&rules::PERSIST, found, "writes where code is run later")
        }),
        Effect::Replace => Some((
            &rules::HIDDEN,
            level.of(Level::High, Level::High, Level::Note),
            "puts something else in the place of what others use",
        )),
        Effect::Gadget => Some((
            &rules::DYNAMIC,
            level.of(Level::High, Level::High, Level::Note),
            "runs code or programs",
        )),
        Effect::Handed => handed(fact, &level),
        Effect::Proxy => Some((
            &rules::HIDDEN,
            level.of(Level::High, Level::High, Level::Note),
            "is taken out of a module that runs programs",
        )),
        Effect::Disturb
            if kind == Kind::Model
                && !fact.name.starts_with("signal.")
                && (own || &*fact.name != "os.kill") =>
        {
            Some((&rules::DISTURB, Level::High, "ends or multiplies processes"))
        }
        Effect::Disturb if fact.place == Place::Import && kind == Kind::Model => {
            Some((&rules::DISTURB, Level::High, "ends or blocks the process"))
        }
        Effect::Disturb => None,
    }
}

/// Levels by what a file is for and when its code runs.
struct Levels {
    kind: Kind,
    place: Place,
    /// Whether the file's name is one of code that loaders import.
    own: bool,
}

impl Levels {
    /// `import` is for what models do on import, `model` for what they do
    /// later, `plain` for all other code.
    fn of(&self, import: Level, model: Level, plain: Level) -> Level {
        match (self.kind, self.place) {
            (Kind::Model, Place::Import) => import,
            (Kind::Model, _) => model,
            _ => plain,
        }
    }
}

fn execute(fact: &Fact, level: &Levels, hidden: bool) -> Option<Verdict> {
    if fact.name.ends_with("timeit")
        || fact.name.ends_with("repeat")
        || fact.name.ends_with("Timer")
    {
        return (level.kind == Kind::Model && fact.marks.has(Marks::DECODED)).then_some((
            &rules::OBFUSCATED,
            Level::Critical,
            "runs what it decodes",
        ));
    }
    // Constant code is read: that its function is asked for hides nothing.
    let only_asked = !fact.callee.has(Marks::PIECED | Marks::DECODED | Marks::WALKED);
    let constant = fact.subject.as_ref().is_some_and(|code| !code.is_empty())
        && !fact.marks.has(Marks::PARTIAL);
    let hidden = hidden && !(only_asked && constant && level.kind != Kind::Model);
    // What is not called may be handed on by any name.
    let weighs = fact.is_called
        || level.kind == Kind::Model
        || fact.callee.has(Marks::DECODED | Marks::WALKED);
    if hidden && weighs && !fact.name.ends_with("compile") {
        return Some((&rules::HIDDEN, Level::Critical, "runs code by a hidden name"));
    }
    if fact.marks.has(Marks::DECODED) {
        return Some((&rules::OBFUSCATED, Level::Critical, "runs code that it decodes"));
    }
    if fact.marks.has(Marks::DOWNLOADED) || fact.marks.has(Marks::HUB) && level.kind == Kind::Model
    {
        return Some((&rules::OBFUSCATED, Level::Critical, "runs code that it downloads"));
    }
    if fact.name.ends_with("compile") {
        return Some((&rules::DYNAMIC, Level::Note, "compiles code"));
    }
    let told = fact.subject.as_ref().is_some_and(|code| !code.is_empty());
    let on_import = fact.place == Place::Import && level.kind != Kind::Setup;
    let odd = &*fact.name == "runpy.run_path"
        || &*fact.name == "builtins.eval" && fact.marks.has(Marks::COMPILED);
    if told && on_import && fact.is_called && odd {
        return Some((&rules::DYNAMIC, Level::High, "runs code that another file or string holds"));
    }
    let secret = fact.marks.has(Marks::ENVIRONMENT | Marks::SECRET);
    let executes = fact.name.contains("exec") || fact.name.contains("run");
    let found = match (executes, constant) {
        _ if secret => level.of(Level::High, Level::High, Level::Medium),
        (_, true) => level.of(Level::Medium, Level::Medium, Level::Note),
        (true, false) => level.of(Level::High, Level::High, Level::Low),
        // Of `eval(f"nn.{name}")` a part is known.
        (false, false) if fact.marks.has(Marks::PARTIAL) => {
            level.of(Level::High, Level::Medium, Level::Low)
        }
        (false, false) if fact.is_called => level.of(Level::High, Level::High, Level::Low),
        (false, false) => level.of(Level::High, Level::Medium, Level::Low),
    };
    let says = if fact.is_called {
        "runs code that is made while it runs"
    } else {
        "hands on what runs code"
    };
    Some((&rules::DYNAMIC, found, says))
}

fn bytecode(fact: &Fact, level: &Levels) -> Option<Verdict> {
    if fact.name.starts_with("types.") && fact.marks.has(Marks::DECODED) {
        return Some((
            &rules::BYTECODE,
            Level::Critical,
            "makes a function of bytes that it decodes",
        ));
    }
    if fact.name.starts_with("types.") {
        return (fact.marks.has(Marks::COMPILED | Marks::DECODED)).then_some((
            &rules::BYTECODE,
            level.of(Level::Critical, Level::Critical, Level::Medium),
            "makes a function of bytes",
        ));
    }
    if fact.marks.has(Marks::DECODED | Marks::DOWNLOADED)
        || fact.subject.as_ref().is_some_and(|bytes| !bytes.is_empty())
    {
        return Some((&rules::OBFUSCATED, Level::Critical, "makes code of bytes that it decodes"));
    }
    Some((&rules::BYTECODE, level.of(Level::High, Level::High, Level::Low), "makes code of bytes"))
}

fn unpickle(fact: &Fact, level: &Levels) -> Option<Verdict> {
    let decoded =
        fact.marks.has(Marks::DECODED | Marks::DOWNLOADED) && !fact.name.starts_with("yaml.");
    // Bytes that the code itself holds: nobody stores data so.
    let held = fact.name.ends_with("loads")
        && fact.subject.as_ref().is_some_and(|bytes| !bytes.is_empty())
        && !fact.marks.has(Marks::PARTIAL)
        && !fact.name.starts_with("json");
    let runs = level.kind == Kind::Model || fact.place == Place::Import;
    if held && runs && level.kind != Kind::Setup && !decoded {
        return Some((&rules::UNPICKLE, Level::High, "unpickles what the code holds"));
    }
    let loads = fact.name.ends_with(".loads") && !fact.name.starts_with("json");
    let hub = fact.marks.has(Marks::HUB) && !fact.name.starts_with("torch");
    let found = match decoded {
        false if loads || hub => level.of(Level::High, Level::Medium, Level::Note),
        true if fact.marks.has(Marks::DOWNLOADED) => level.of(Level::High, Level::High, Level::Low),
        true => level.of(Level::Critical, Level::High, Level::Medium),
        false => level.of(Level::Medium, Level::Low, Level::Note),
    };
    let says = if decoded { "unpickles what it decodes or downloads" } else { "unpickles" };
    Some((&rules::UNPICKLE, found, says))
}
