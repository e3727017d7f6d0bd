use nix_ai_model_scan_walk::{Level, Rule};

/// Custom classes.
pub static CUSTOM: Rule = Rule {
    id: "coreml/custom-class",
    level: Level::High,
    title: "Layer or model that is a class of the program",
    why: "Loading the model makes an object of any class that it names, with parameters that it chooses, and runs it.",
    advice: "Load the model only in a program whose class of this name you know.",
};

/// Links.
pub static LINK: Rule = Rule {
    id: "coreml/outside-file",
    level: Level::High,
    title: "Model or constant in another file",
    why: "The model chooses which file is opened: one outside its folder is an attacker's choice.",
    advice: "Do not load the model: converters write paths within its folder.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "coreml/code-in-metadata",
    level: Level::High,
    title: "Code in metadata or parameters",
    why: "They describe a model. Commands and scripts there wait for a tool or a class that runs them.",
    advice: "Do not load the model before the publisher explains what is in it.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CODE, &CUSTOM, &LINK];
