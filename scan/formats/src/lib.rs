//! Formats of models that are no pickles: what a loader of each would run, open
//! or trust.

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = &[];
