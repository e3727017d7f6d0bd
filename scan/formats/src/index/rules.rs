use nix_ai_model_scan_walk::{Level, Rule};

/// Paths.
pub static OUTSIDE: Rule = Rule {
    id: "index/outside-file",
    level: Level::High,
    title: "List that names a file outside the model",
    why: "Loaders open what the list names, as a pickle where it is named like one: a file outside the folder is one that nobody checked.",
    advice: "Do not load the model: tools write names of files beside the list.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&OUTSIDE];
