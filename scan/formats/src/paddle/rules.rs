use nix_ai_model_scan_walk::{Level, Rule};

/// Python.
pub static PYTHON: Rule = Rule {
    id: "paddle/python-operator",
    level: Level::Critical,
    title: "Operator that runs Python",
    why: "It calls a Python function while the program runs, with what the program gives it.",
    advice: "Do not load the program.",
};

/// Network.
pub static NETWORK: Rule = Rule {
    id: "paddle/network-operator",
    level: Level::High,
    title: "Operator that reaches the network",
    why: "It listens, or sends what the program is given, while the program runs.",
    advice: "Do not load the program: one for inference has no use for it.",
};

/// Files.
pub static FILE: Rule = Rule {
    id: "paddle/file-operator",
    level: Level::High,
    title: "Operator that reads or writes a file",
    why: "The program chooses which file is opened: one outside its folder is an attacker's choice.",
    advice: "Do not load the program: one for inference has no use for it.",
};

/// Suspect operators.
pub static CUSTOM: Rule = Rule {
    id: "paddle/suspect-operator",
    level: Level::High,
    title: "Unknown operator that is named like code",
    why: "It runs only where a native library that knows it is loaded, and its name promises what no model needs.",
    advice: "Do not load the program, nor a library for it.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "paddle/code-in-attribute",
    level: Level::High,
    title: "Code in attributes",
    why: "Commands and scripts in a program wait for an operator or a tool that runs them.",
    advice: "Do not load the program before the publisher explains what is in it.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CODE, &FILE, &NETWORK, &PYTHON, &CUSTOM];
