//! Python: what code does when it is imported, run or called, judged by its
//! syntax.

mod assign;
mod attribute;
mod bind;
mod call;
mod define;
mod effect;
mod fact;
mod judge;
mod kind;
mod loaded;
mod outside;
mod record;
mod scope;
mod special;
mod walk;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan, cut};

use crate::{rules, text};
use fact::{Fact, Place};
pub(crate) use loaded::is_loaded;
use outside::Outside;
use walk::Walk;

/// Code within strings of code that is read.
const DEEPEST: usize = 4;

/// Reads Python.
pub(crate) struct Python;

impl Reader for Python {
    fn format(&self) -> &'static str {
        "Python code"
    }

    fn recognises(&self, head: &Head) -> bool {
        kind::is_python(head)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, text::MOST)?;
        crate::script::disguise(part, scan)?;
        judge(&source.text, part, scan)?;
        crate::instruction::documented(&source.text, part, scan);
        if source.is_cut { Err(Fault::Limit("bytes of text")) } else { Ok(()) }
    }
}

/// Judges a text of Python that a part is, or holds.
pub(crate) fn judge(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    scan.budget.step(source.len() as u64)?;
    let source = kind::recoded(source);
    let found = Walk::read(&source, Place::Import, &Outside::new());
    let mut kind = kind::Kind::of(part.name(), part.file(), &found);
    // Whatever an archive of TorchServe has is put on the path of modules.
    if part.member().is_some() && part.file().ends_with(".mar") {
        kind = kind::Kind::Model;
    }
    if kind == kind::Kind::Model && part.member().is_none() {
        let message =
            format!("\"{}\" is code that runs where its publisher is trusted", cut(part.name()));
        scan.find(part, rules::REMOTE_CODE.found(message));
    }
    verdict(found, kind, part, scan)
}

/// Judges a file that a loader takes in with a model.
pub(crate) fn loaded(part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let source = text::read(part, text::MOST)?.text;
    scan.budget.step(source.len() as u64)?;
    let source = kind::recoded(&source);
    let outside = outside::of(part.file(), &source, &scan.folder);
    let found = Walk::read(&source, Place::Import, &outside);
    verdict(found, kind::Kind::Model, part, scan)
}

fn verdict(
    mut found: walk::Findings,
    kind: kind::Kind,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> Result<()> {
    inner(&mut found);
    judge::findings(&found, kind, part, scan);
    if found.is_cut { Err(Fault::Limit("nested or listed expressions")) } else { Ok(()) }
}

/// Adds what constant code does that is run.
fn inner(found: &mut walk::Findings) {
    let mut left = std::mem::take(&mut found.inner);
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (code, by) in left {
            let inner = Walk::read(&code, by.place, &Outside::new());
            let within = |fact: Fact| Fact {
                at: by.at,
                place: by.place,
                // Code in a string has no reason to hide what it runs.
                subject: fact.subject.filter(|told| !told.is_empty()).or_else(|| Some("?".into())),
                unit: by.unit.clone(),
                // What hides the code hides what it does.
                callee: fact.callee | (by.marks & crate::syntax::Marks::DECODED),
                ..fact
            };
            found.is_cut |= inner.is_cut || inner.facts.len() > 200 || inner.inner.len() > 16;
            found.facts.extend(inner.facts.into_iter().take(200).map(within));
            found.imports.extend(inner.imports);
            next.extend(inner.inner.into_iter().take(16).map(|(code, fact)| (code, within(fact))));
        }
        if next.is_empty() {
            return;
        }
        left = next;
    }
    found.is_cut = true;
}

/// Judges the code of a notebook's cells.
pub(crate) fn notebook(code: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    // Whoever runs a cell sees it: its programs run as in a program of its own.
    let found = Walk::read(code, Place::Main, &Outside::new());
    verdict(found, kind::Kind::Plain, part, scan)
}

/// Whether an expression, once it is evaluated, runs code or programs; or, where
/// it is certainly evaluated, takes in what is not its own.
pub(crate) fn attacks(expression: &str, certainly: bool) -> bool {
    use effect::Effect;
    // What is imported where it is evaluated.
    let source =
        format!("import builtins, importlib, os, pickle, shutil, subprocess, torch\n{expression}");
    let mut found = Walk::read(&source, Place::Import, &Outside::new());
    inner(&mut found);
    found.facts.iter().any(|fact| {
        let runs = matches!(
            fact.effect,
            Effect::Process
                | Effect::Bytecode
                | Effect::Memory
                | Effect::Install
                | Effect::Gadget
                | Effect::Walk
                | Effect::Persist
                | Effect::Remove
                | Effect::Connect
        ) || fact.effect == Effect::Execute && !fact.name.ends_with("compile");
        let takes = matches!(
            fact.effect,
            Effect::Foreign | Effect::Unpickle | Effect::Native | Effect::Fetch | Effect::Send
        );
        fact.is_called && (runs || certainly && takes)
    })
}

/// Whether calling what has this name runs code or programs.
pub(crate) fn runs(name: &str) -> bool {
    use effect::Effect;
    let builtin = format!("builtins.{name}");
    let name = if name.contains('.') { name } else { &builtin };
    matches!(
        effect::effect(name),
        Some(
            Effect::Execute
                | Effect::Process
                | Effect::Bytecode
                | Effect::Memory
                | Effect::Install
                | Effect::Unpickle
                | Effect::Import
                | Effect::Native
                | Effect::Remove
        )
    )
}
