//! What is code, or leads to code: Python, templates, configuration,
//! executables; and what should not be in a model: keys and tokens.

mod python;
mod rules;
mod shell;
mod syntax;
mod text;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[&python::Python];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = rules::ALL;
