//! The judgement of what a pickle names, calls and changes.

mod arguments;
mod call;
mod fold;
mod named;
mod state;
mod verdict;

use nix_ai_model_scan_names::{Family, Tier};

pub(crate) use call::How;
pub(crate) use fold::{Fold, fold};
pub(crate) use verdict::Verdicts;

/// What is known of a name in a module.
pub(crate) type Tiers = fn(&str, &str) -> Tier;

/// Attributes that lead from any object to everything.
const ESCAPES: &[&str] = &[
    "__base__",
    "__bases__",
    "__builtins__",
    "__closure__",
    "__code__",
    "__delattr__",
    "__getattr__",
    "__getattribute__",
    "__globals__",
    "__import__",
    "__loader__",
    "__mro__",
    "__self__",
    "__setattr__",
    "__spec__",
    "__subclasses__",
    "cr_frame",
    "f_back",
    "f_builtins",
    "f_globals",
    "f_locals",
    "func_globals",
    "gi_frame",
    "mro",
    "tb_frame",
];

/// What is known of a name by every reading of it.
pub(crate) fn tier(tiers: Tiers, module: &str, name: &str) -> Tier {
    let (module, name) = (module.trim(), name.trim());
    let raw = tiers(module, name);
    let mut worst = match crate::rename::renamed(module, name) {
        Some((module, name)) => match (tiers(module, name), raw) {
            (_, Tier::Dangerous(family)) => Tier::Dangerous(family),
            (renamed, _) => renamed,
        },
        None => raw,
    };
    if matches!(worst, Tier::Unknown(_)) {
        if let Some(found) = splits(module, name).find_map(|(module, name)| {
            Some(tiers(&module, name)).filter(|tier| matches!(tier, Tier::Dangerous(_)))
        }) {
            worst = found;
        }
        if name.split('.').any(|part| ESCAPES.contains(&part)) {
            worst = Tier::Dangerous(Family::Access);
        }
    }
    worst
}

/// Other modules that a dotted name may speak of: `a` and `os.system` may be
/// `a.os` and `system`, or `os` and `system`.
fn splits<'a>(module: &str, name: &'a str) -> impl Iterator<Item = (String, &'a str)> {
    let dots: Vec<usize> = name.match_indices('.').map(|(at, _)| at).take(16).collect();
    let starts = std::iter::once(0).chain(dots.clone().into_iter().map(|dot| dot + 1));
    let inner = starts.flat_map({
        let dots = dots.clone();
        move |from| {
            let ends: Vec<usize> = dots.iter().copied().filter(|end| *end > from).collect();
            ends.into_iter().map(move |end| (name[from..end].to_owned(), &name[end + 1..]))
        }
    });
    let module = module.to_owned();
    let outer =
        dots.into_iter().map(move |dot| (format!("{module}.{}", &name[..dot]), &name[dot + 1..]));
    inner.chain(outer)
}
