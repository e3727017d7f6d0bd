//! How formats that name functions, and hardly say what they are called with,
//! take what is known of names.

use nix_ai_model_scan_names::{Combinator, Home, Tier, tier};

/// What naming something comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// It computes.
    Harmless,
    /// It is of a library that models are made with.
    OfLibrary,
    /// Nothing is known of it.
    Unknown,
    /// It is of Python's own library, whose harmless names are known, or calls
    /// and reaches what it is given.
    Suspect,
    /// It lets an attacker do something.
    Dangerous,
}

/// What naming `name` of `module` comes to.
pub fn named(module: &str, name: &str) -> Named {
    match tier(module, name) {
        Tier::Innocuous => Named::Harmless,
        Tier::ByArguments(
            Combinator::Callback
            | Combinator::Decode
            | Combinator::Encode
            | Combinator::Instance
            | Combinator::Text
            | Combinator::Type,
        ) => Named::Harmless,
        Tier::ByArguments(_) | Tier::Unknown(Home::StandardLibrary) => Named::Suspect,
        Tier::Dangerous(_) => Named::Dangerous,
        Tier::Unknown(Home::Library) => Named::OfLibrary,
        Tier::Unknown(Home::Elsewhere) => Named::Unknown,
    }
}
