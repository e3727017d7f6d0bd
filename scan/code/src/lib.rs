//! What is code, or leads to code: Python, templates, configuration,
//! executables; and what should not be in a model: keys and tokens.

mod bytecode;
mod config;
mod ini;
mod instruction;
mod json;
mod native;
mod notebook;
mod page;
mod publisher;
mod python;
mod rules;
mod script;
mod secret;
mod sheet;
mod shell;
mod source;
mod startup;
mod syntax;
mod template;
mod text;
mod together;
mod trojan;
mod yaml;

use nix_ai_model_scan_walk::{Reader, Rule};
pub use together::is_for_all_together;

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &python::Python,
    &template::Jinja,
    &json::Json,
    &yaml::Yaml,
    &secret::Secrets,
    &native::Native,
    &native::Document,
    &script::Script,
    &startup::Startup,
    &bytecode::Bytecode,
    &trojan::Trojan,
    &sheet::Sheet,
    &ini::Ini,
    &source::Source,
    &instruction::Instruction,
];

/// The readers for which a file is one of all: what they find depends on the
/// other files of the scan.
pub static TOGETHER: &[&dyn Reader] =
    &[&together::Modules, &together::Extensions, &together::Compiled];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = rules::ALL;
