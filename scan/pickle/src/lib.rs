//! Pickles: a symbolic machine that follows every instruction without executing
//! one, the judgement of what they name and call, and the formats that hold
//! pickles.

mod decode;
mod dtype;
mod joblib;
mod judge;
mod literal;
mod machine;
mod npy;
mod opcode;
mod policy;
mod rename;
pub mod rules;
mod search;
mod stream;
mod text;
mod torch;
#[cfg(test)]
mod trace;
mod trial;
mod value;

use nix_ai_model_scan_walk::{Reader, Rule};

/// The readers of this crate.
pub static READERS: &[&dyn Reader] = &[
    &stream::PickleReader { tiers: nix_ai_model_scan_names::tier },
    &policy::PolicyReader,
    &npy::NpyReader { tiers: nix_ai_model_scan_names::tier },
];

/// The rules of this crate, by id.
pub static RULES: &[&Rule] = rules::ALL;
