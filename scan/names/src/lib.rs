//! What is known of the Python names that models speak of: in tiers, each name
//! argued for, never by what is installed and never by a module alone.
//!
//! The tables are text, in `tables/`; those below `tables/found` are written by
//! `tools/names.py`, which reads the libraries' sources. They are compiled into
//! a tree of names: a lookup walks one node a segment and allocates nothing.

mod leaf;
mod tier;
mod tree;

pub use tier::{Combinator, Family, Home, Tier};

use tree::Node;

/// What is known of `name` in `module`. Names may be dotted: `system`,
/// `Path.write_text`, and pass through anything that the module has imported:
/// `os.system` in `torch.serialization`. Renames of Python 2 are the caller's.
pub fn tier(module: &str, name: &str) -> Tier {
    let segments = module.split('.').chain(name.split('.'));
    if is_member(module, name) || is_estimate(module, name) {
        return Tier::Innocuous;
    }
    if let Some(known) = walk(segments.clone()) {
        return known;
    }
    through(name)
        .or_else(|| passing(segments.clone()))
        .or_else(|| leaf::special(segments))
        .or_else(|| leaf::telling(name))
        .map_or_else(|| Tier::Unknown(home(module)), Tier::Dangerous)
}

/// Whether a name is that of a constant of an innocuous class, as members of
/// enumerations are.
fn is_member(module: &str, name: &str) -> bool {
    let (class, member) = name.rsplit_once('.').unwrap_or(("", name));
    let class = class.split('.').filter(|segment| !segment.is_empty());
    let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    member.starts_with(|first: char| first.is_ascii_uppercase())
        && member.bytes().all(is_constant)
        && walk(module.split('.').chain(class)) == Some(Tier::Innocuous)
}

/// Whether a name is that of a method by which an innocuous class of a library
/// computes with numbers.
fn is_estimate(module: &str, name: &str) -> bool {
    let Some((class, method)) = name.rsplit_once('.') else { return false };
    ESTIMATES.contains(&method)
        && home(module) == Home::Library
        && walk(module.split('.').chain(class.split('.'))) == Some(Tier::Innocuous)
}

/// Methods of estimators.
const ESTIMATES: [&str; 8] = [
    "decision_function",
    "inverse_transform",
    "predict",
    "predict_log_proba",
    "predict_proba",
    "score",
    "score_samples",
    "transform",
];

/// What is known of a dotted path, such as a `_target_`, wherever its module
/// ends and its name begins.
pub fn path(path: &str) -> Tier {
    match path.rsplit_once('.') {
        Some((module, name)) => tier(module, name),
        None => tier("builtins", path),
    }
}

/// What a module as a whole lets an attacker do, where nearly all that it has
/// does: `os`, `subprocess`, `ctypes`, and what lies below such a one.
pub fn module(module: &str) -> Option<Family> {
    let mut node = Node::root()?;
    let mut family = None;
    for segment in module.split('.') {
        node = match node.child(segment) {
            Some(child) => child,
            None => return family,
        };
        if let Some(Tier::Dangerous(below)) = node.below() {
            family = Some(below);
        }
    }
    family
}

/// Where a module is from, by its outermost package.
pub fn home(module: &str) -> Home {
    let outermost = module.split('.').next().unwrap_or_default();
    let node = Node::root().and_then(|root| root.child(outermost));
    node.and_then(Node::home).unwrap_or(Home::Elsewhere)
}

/// What the tables say of a path: of itself, or of the longest part of it that
/// they say anything of.
fn walk<'a>(segments: impl Iterator<Item = &'a str>) -> Option<Tier> {
    let mut node = Node::root()?;
    let mut below = None;
    for segment in segments {
        node = match node.child(segment) {
            Some(child) => child,
            None => return below,
        };
        below = node.below().or(below);
    }
    node.exact().or(below)
}

/// What a name comes to that begins with, or passes through, a dangerous module:
/// `signal.alarm`, of anything that has imported that. (The methods of classes,
/// `Signal.alarm`, look otherwise.)
fn through(name: &str) -> Option<Family> {
    let mut rest = name;
    loop {
        let known = walk(rest.split('.'));
        let (first, after) = rest.split_once('.')?;
        match known {
            Some(Tier::Dangerous(family)) if module(first).is_some() => return Some(family),
            _ => rest = after,
        }
    }
}

/// What a path comes to that passes through a module that it does not begin
/// with: `os.system` in `sklearn.externals.os.system`. Most names of modules
/// are ordinary words: these count only where the tables know what follows.
fn passing<'a>(mut segments: impl Iterator<Item = &'a str> + Clone) -> Option<Family> {
    segments.next()?;
    loop {
        let rest = segments.clone();
        let first = segments.next()?;
        if leaf::unmistakable(first) {
            if let Some(Tier::Dangerous(family)) = walk(rest) {
                return Some(family);
            }
        } else if let Some(family) = named(rest) {
            return Some(family);
        }
    }
}

/// The danger of a path of which more than the first segment is in the tables.
fn named<'a>(mut segments: impl Iterator<Item = &'a str>) -> Option<Family> {
    let mut node = Node::root()?.child(segments.next()?)?;
    let mut found = None;
    for segment in segments {
        node = match node.child(segment) {
            Some(child) => child,
            None => return found,
        };
        found = match node.exact() {
            Some(Tier::Dangerous(family)) => Some(family),
            Some(_) => None,
            None => found,
        };
    }
    found
}
