//! Pickles: a symbolic machine that follows every instruction without executing
//! one, the judgement of what they name and call, and the formats that hold
//! pickles.

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = &[];
