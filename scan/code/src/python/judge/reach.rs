//! Servers, and code of elsewhere.

use nix_ai_model_scan_walk::Level;

use super::file::is_temporary;
use super::{Levels, Verdict};
use crate::python::fact::{Fact, Place};
use crate::python::kind::Kind;
use crate::rules;
use crate::syntax::Marks;

/// A name that is asked for, of which a part is not known, and another is the
/// server that gets to know it.
pub(super) fn resolve(fact: &Fact, level: &Levels) -> Option<Verdict> {
    let name = fact.subject.as_deref()?;
    let end = name.rsplit('…').next().filter(|_| name.contains('…'))?;
    let plain = if level.place == Place::Import { Level::High } else { Level::Low };
    let is_domain = end.starts_with('.') && end.matches('.').count() >= 2;
    is_domain.then_some((
        &rules::LEAK,
        level.of(Level::High, Level::High, plain),
        "tells a server what it learned, as a part of a name",
    ))
}

/// Code of another repository, or of a file that is no module.
pub(super) fn foreign(fact: &Fact, level: &Levels) -> Option<Verdict> {
    let subject = fact.subject.as_deref().unwrap_or_default();
    let loads_file = fact.name.ends_with("Loader")
        || fact.name.ends_with("spec_from_file_location")
        || fact.name.ends_with("load_source");
    if loads_file {
        let is_module =
            [".py", ".so", ".pyd", "…", ".pyi"].iter().any(|end| subject.ends_with(end));
        let strange = fact.marks.has(Marks::HUB) || !subject.is_empty() && !is_module;
        return strange.then_some((
            &rules::DYNAMIC,
            level.of(Level::High, Level::High, Level::Low),
            "runs a file as code whose name does not say so",
        ));
    }
    if fact.name.starts_with("sys.path") {
        let archive = [".zip", ".egg", ".whl", ".pt", ".bin", ".npz", ".mar"]
            .iter()
            .any(|end| subject.ends_with(end));
        let strange = fact.marks.has(Marks::HUB | Marks::DOWNLOADED)
            || is_temporary(subject)
            || archive && level.kind == Kind::Model;
        return strange.then_some((
            &rules::DYNAMIC,
            level.of(Level::High, Level::High, Level::Low),
            "imports from a folder that others write",
        ));
    }
    let package = fact.name.ends_with("PackageImporter") || fact.name.ends_with("zipimporter");
    if package {
        let found = level.of(Level::High, Level::Medium, Level::Note);
        return Some((&rules::DYNAMIC, found, "runs code of an archive"));
    }
    if !subject.contains('/') || subject.starts_with(['/', '.', '…']) {
        return None;
    }
    let usual = crate::publisher::is_known(subject);
    let (import, later) =
        if usual { (Level::Medium, Level::Low) } else { (Level::High, Level::High) };
    Some((&rules::DYNAMIC, level.of(import, later, Level::Note), "runs code of another repository"))
}

pub(super) fn send(fact: &Fact, level: &Levels) -> Option<Verdict> {
    if fact.marks.has(Marks::ENVIRONMENT) {
        return Some((
            &rules::LEAK,
            level.of(Level::Critical, Level::Critical, Level::High),
            "sends the environment away",
        ));
    }
    if fact.marks.has(Marks::KEPT) {
        return Some((&rules::LEAK, Level::Critical, "sends secrets away"));
    }
    if fact.marks.has(Marks::SECRET | Marks::HOST) {
        return Some((
            &rules::LEAK,
            level.of(Level::Critical, Level::High, Level::Medium),
            "sends secrets, or what it learned of the machine, away",
        ));
    }
    let odd = fact.harm.is_some();
    // What a model is given goes to an address that its code holds.
    let told = fact.subject.as_deref().unwrap_or_default();
    let fixed = level.own
        && told.starts_with("http")
        && !told.contains("localhost")
        && !told.contains("127.0.0.1")
        && !told.contains('…');
    let later = if odd || fixed { Level::High } else { Level::Medium };
    let plain = if odd && level.place == Place::Import { Level::High } else { Level::Note };
    Some((&rules::NETWORK, level.of(Level::High, later, plain), "sends something to a server"))
}

pub(super) fn fetch(fact: &Fact, level: &Levels) -> Option<Verdict> {
    let odd = fact.harm.is_some();
    let model = if odd { Level::High } else { Level::Low };
    let plain = if odd && fact.place == Place::Import { Level::High } else { Level::Note };
    if fact.name.starts_with("pandas.")
        && !fact.subject.as_deref().unwrap_or_default().contains("://")
    {
        return None;
    }
    if fact.marks.has(Marks::KEPT) || fact.marks.has(Marks::SECRET) && level.kind == Kind::Model {
        return Some((&rules::LEAK, Level::High, "sends secrets away"));
    }
    if fact.marks.has(Marks::SECRET | Marks::HOST | Marks::ENVIRONMENT)
        && level.kind == Kind::Install
        && fact.place == Place::Import
    {
        return Some((&rules::LEAK, Level::High, "sends what it learned of the machine"));
    }
    let told = fact.subject.as_deref().unwrap_or_default();
    let path = told.split(['?', '#']).next().unwrap_or_default();
    let code = [".py", ".pyc", ".so", ".pyd", ".sh", ".exe", ".dll", ".whl", ".bat", ".ps1"];
    if level.kind == Kind::Model && code.iter().any(|end| path.ends_with(end)) {
        return Some((&rules::NETWORK, Level::High, "fetches code"));
    }
    // What a model is given goes to the address that its code holds.
    let asks = told.split_once('?').is_some_and(|(_, query)| query.contains('…'));
    if level.kind == Kind::Model && asks && told.starts_with("http") {
        return Some((&rules::NETWORK, Level::High, "sends something to a server"));
    }
    if fact.marks.has(Marks::ENVIRONMENT) {
        return Some((&rules::LEAK, Level::High, "sends the environment away"));
    }
    let leaks = fact.marks.has(Marks::HOST) && level.kind != Kind::Setup;
    if leaks {
        return Some((
            &rules::LEAK,
            level.of(Level::High, Level::High, Level::Medium),
            "sends what it learned of the machine",
        ));
    }
    let import = if level.kind == Kind::Setup { Level::Low } else { Level::High };
    Some((&rules::NETWORK, level.of(import, model, plain), "asks a server"))
}
