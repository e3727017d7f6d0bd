//! Texts of a database that make a program do something.

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Level, Part, Rule, Scan, cut, holds};
use serde_json::Value;

use crate::foreign::is_secret;

/// Code of a model.
pub static TRUSTS: Rule = Rule {
    id: "sqlite/trusts-remote-code",
    level: Level::High,
    title: "Stored configuration that runs a model's code",
    why: "A program that opens the database, such as a store of vectors, loads the model that the configuration names, and runs the code that comes with it.",
    advice: "Do not open the database. Ask the publisher for one whose model needs no code of its own.",
};

/// A view or trigger.
pub static SCHEMA: Rule = Rule {
    id: "sqlite/dangerous-schema",
    level: Level::High,
    title: "Database whose views or triggers reach files or load libraries",
    why: "What reads or changes a table runs the functions that the schema names for it.",
    advice: "Do not open the database unless you know why it does that.",
};

/// The rules of this module.
pub const RULES: &[&Rule] = &[&SCHEMA, &TRUSTS];

/// Bytes of a text that are looked at.
pub const READ: usize = 16 << 10;
/// What configurations hold that readers of them judge.
const ASKS: &[&str] = &["trust_remote_code", "\"_target_\"", "\"py/", "\"auto_map\"", "\"lc\""];
/// Functions of SQL that do more than compute.
const FUNCTIONS: &[&str] =
    &["load_extension", "writefile", "readfile", "edit", "eval", "system", "exec", "shell"];

/// Whether a text that begins like this is looked at.
pub fn is_asked(begin: &[u8]) -> bool {
    let mut rest = begin.trim_ascii_start().iter();
    matches!(rest.next(), Some(b'{' | b'['))
        || begin.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"create "))
}

/// Judges a text.
pub fn judge<'a>(text: &[u8], at: u64, part: &Part<'a>, scan: &mut Scan<'a>) {
    if text.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"create ")) {
        return schema(&String::from_utf8_lossy(text), at, part, scan);
    }
    if !holds(text, ASKS) {
        return;
    }
    if let Ok(value) = serde_json::from_slice(text)
        && let Some(model) = trusted(&value)
    {
        let message = format!("the code of the model \"{}\" is trusted", cut(&model));
        scan.find(part, TRUSTS.found(message).at(at));
    }
    let view = Rc::new(Memory::new(text.to_vec()));
    scan.part(&part.excerpt(&format!("text at byte {at}/config.json"), view));
}

/// The model whose code a configuration trusts, where it names one. The parser
/// bounds how deep values are.
fn trusted(value: &Value) -> Option<String> {
    fn names(value: &Value, trusts: &mut bool, model: &mut Option<String>) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    *trusts |= key == "trust_remote_code" && *value == Value::Bool(true);
                    if let Value::String(text) = value
                        && key.contains("model")
                        && !text.is_empty()
                    {
                        model.get_or_insert_with(|| text.clone());
                    }
                    names(value, trusts, model);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| names(item, trusts, model)),
            _ => {}
        }
    }
    let (mut trusts, mut model) = (false, None);
    names(value, &mut trusts, &mut model);
    model.filter(|_| trusts)
}

/// Judges what a view or a trigger calls.
fn schema(text: &str, at: u64, part: &Part<'_>, scan: &mut Scan<'_>) {
    let lower = text.to_lowercase();
    let mut words = lower.split_whitespace().skip(1);
    let word = words.find(|word| !matches!(*word, "temp" | "temporary"));
    if !matches!(word, Some("view" | "trigger")) {
        return;
    }
    let is_called = |name: &&&str| {
        lower.match_indices(**name).any(|(place, name)| {
            let before = lower[..place].trim_end();
            let is_whole = lower[..place].ends_with(|c: char| !c.is_alphanumeric() && c != '_');
            // A table of this name has its columns behind it.
            let is_table =
                ["into", "on", "table", "references"].iter().any(|word| before.ends_with(word));
            is_whole && !is_table && lower[place + name.len()..].trim_start().starts_with('(')
        })
    };
    let attaches = lower.split(['\'', '"']).any(is_secret);
    if let Some(name) = FUNCTIONS.iter().find(is_called) {
        let message = format!("the schema calls \"{name}\": \"{}\"", cut(text));
        scan.find(part, SCHEMA.found(message).at(at));
    } else if attaches && lower.contains("attach") {
        let message = format!("the schema opens another file: \"{}\"", cut(text));
        scan.find(part, SCHEMA.found(message).at(at));
    }
}
