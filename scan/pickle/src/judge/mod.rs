//! The judgement of what a pickle names, calls and changes.

mod arguments;
mod call;
mod code;
mod cost;
mod deed;
mod endless;
mod exhaust;
mod fold;
mod formula;
mod named;
mod reload;
mod remote;
mod state;
mod verdict;

use nix_ai_model_scan_names::{Family, Tier};

pub(crate) use call::How;
pub(crate) use fold::{Fold, fold};
pub(crate) use verdict::Verdicts;

/// How often parts of keys of dictionaries are looked at.
pub(crate) const KEYS: u32 = 1 << 26;

/// What is known of a name in a module.
pub(crate) type Tiers = fn(&str, &str) -> Tier;

/// What is known of a name by every reading of it.
pub(crate) fn tier(tiers: Tiers, module: &str, name: &str) -> Tier {
    let (module, name) = (module.trim(), name.trim());
    let raw = tiers(module, name);
    let renamed = crate::rename::renamed(module, name).map(|(module, name)| tiers(module, name));
    let read = match (raw, renamed) {
        (Tier::Dangerous(_), _) | (_, None) => raw,
        (_, Some(renamed)) => renamed,
    };
    let reached = splits(module, name).map(|(module, name)| tiers(&module, name));
    reached
        .filter(|tier| weight(*tier) > weight(read))
        .max_by_key(|tier| weight(*tier))
        .unwrap_or(read)
}

/// How much worse than unknown a name is.
fn weight(tier: Tier) -> u8 {
    match tier {
        Tier::Dangerous(family) if is_code(family) => 2,
        Tier::Dangerous(_) => 1,
        _ => 0,
    }
}

/// Whether what is called lets an attacker run anything.
pub(crate) fn is_code(family: Family) -> bool {
    use Family::{Deserialiser, Execution, Import, Making, Native, Process};
    matches!(family, Execution | Making | Process | Import | Deserialiser | Native)
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
