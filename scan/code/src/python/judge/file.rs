//! Files that are opened, written or removed.

use nix_ai_model_scan_walk::Level;

use super::{Levels, Verdict};
use crate::python::fact::{Fact, Place};
use crate::rules;
use crate::shell::Harm;

/// Whether a path leads where everybody may write.
pub(super) fn is_temporary(path: &str) -> bool {
    ["/tmp/", "/var/tmp/", "/dev/shm/"].iter().any(|begin| path.starts_with(begin))
}

pub(super) fn remove(fact: &Fact, level: &Levels, hidden: bool) -> Option<Verdict> {
    if fact.harm.is_some() && fact.subject.as_ref().is_some_and(|path| !path.is_empty()) {
        return Some((&rules::DESTROY, Level::Critical, "removes what the user has"));
    }
    let found = if hidden { Level::High } else { level.of(Level::High, Level::Low, Level::Note) };
    Some((&rules::DESTROY, found, "removes files"))
}

pub(super) fn open(fact: &Fact, level: &Levels, hidden: bool) -> Option<Verdict> {
    match fact.harm {
        Some(Harm::Persist) => {
            return Some((
                &rules::PERSIST,
                level.of(Level::Critical, Level::Critical, Level::Medium),
                "writes where code is run later",
            ));
        }
        Some(_) => {
            return Some((
                &rules::SECRET_FILE,
                level.of(
                    Level::High,
                    Level::High,
                    if level.place == Place::Import { Level::Medium } else { Level::Note },
                ),
                "reads secrets",
            ));
        }
        None => {}
    }
    let path = fact.subject.as_deref().unwrap_or_default();
    let absolute = path.starts_with(['/', '~', '\\'])
        || path.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/")
        || path.contains("../");
    if fact.writes && hidden {
        return Some((&rules::HIDDEN, Level::High, "writes a file by a hidden name"));
    }
    let code = [".py", ".pth", ".so", ".sh", ".pyd", ".dll"].iter().any(|end| path.ends_with(end));
    let found = match (fact.writes, absolute) {
        (true, _) if code => level.of(Level::High, Level::Medium, Level::Note),
        (true, true) => level.of(Level::High, Level::Medium, Level::Note),
        (true, false) => level.of(Level::Medium, Level::Note, Level::Note),
        _ => return None,
    };
    Some((&rules::WRITE, found, "writes a file"))
}
