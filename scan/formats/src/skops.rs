//! skops: `schema.json` says which classes and functions a loader imports, and
//! by which loader's rules each is made.

mod node;
#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{Head, Level, Part, Reader, Result, Rule, Scan, holds};

use nix_ai_model_scan_json as json;
use node::Judge;

/// A name that lets an attacker do something.
pub static REFERENCE: Rule = Rule {
    id: "skops/dangerous-reference",
    level: Level::Critical,
    title: "skops schema that names something dangerous",
    why: "A loader imports and calls what the schema names, where the user trusts all types or a version of skops takes it for trusted.",
    advice: "Do not load the model, and never pass every type of a file as trusted.",
};

/// A loader that does not fit.
pub static LOADER: Rule = Rule {
    id: "skops/mismatched-loader",
    level: Level::High,
    title: "skops node whose loader does not fit its class",
    why: "Versions of skops before 0.12 showed one type to the user and made another where the two differ, which ran code of the attacker's choice.",
    advice: "Do not load the model. skops writes no such node.",
};

/// Methods and attributes that are reached by name.
pub static ACCESS: Rule = Rule {
    id: "skops/access-by-name",
    level: Level::Medium,
    title: "skops node that reaches methods or attributes by name",
    why: "From any object, names alone lead to functions that run code.",
    advice: "See what is named before the model is loaded.",
};

/// A name that nothing is known of.
pub static UNKNOWN: Rule = Rule {
    id: "skops/unknown-reference",
    level: Level::Medium,
    title: "skops schema that names something unknown",
    why: "Loading the model imports what is named, if the user trusts it.",
    advice: "See where the name is from and what it does before trusting it.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&ACCESS, &REFERENCE, &LOADER, &UNKNOWN];

/// Schemas of skops.
pub struct Skops;

impl Reader for Skops {
    fn format(&self) -> &'static str {
        "skops schema"
    }

    fn recognises(&self, head: &Head) -> bool {
        json::is_object(&head.begin).is_some_and(|begin| {
            head.name == "schema.json" || holds(&begin, &["__loader__", "_skops_version"])
        })
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = Judge::default();
        let text = json::unified(part.view())?;
        let read = json::fold(&*text, &mut judge, scan);
        let is_skops = judge.nodes > 0;
        judge.found.into_iter().for_each(|found| scan.find(part, found));
        // Other schemas are no concern of this reader.
        if is_skops { read } else { Ok(()) }
    }
}
