use nix_ai_model_scan_walk::{Level, Rule};

/// Numbers and places.
pub static INDEX: Rule = Rule {
    id: "executorch/false-index",
    level: Level::High,
    title: "Number of something that is not there",
    why: "The runtime indexes memory by it, without a check where it is built for speed.",
    advice: "Do not load the program: no exporter writes one like this.",
};

/// Operators.
pub static CUSTOM: Rule = Rule {
    id: "executorch/custom-operator",
    level: Level::Low,
    title: "Operator of a library of its own",
    why: "It runs only where native code that knows it is linked.",
    advice: "Check that your program has it from a source that you trust.",
};

/// Backends.
pub static BACKEND: Rule = Rule {
    id: "executorch/backend",
    level: Level::Note,
    title: "Code for a backend",
    why: "What was compiled for an accelerator is not read here.",
    advice: "Trust it as far as you trust the publisher.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&BACKEND, &CUSTOM, &INDEX];
