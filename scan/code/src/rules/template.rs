//! Rules of templates.

use nix_ai_model_scan_walk::{Level, Rule};

/// A walk over attributes.
pub(crate) static WALK_TEMPLATE: Rule = Rule {
    id: "template/attribute-walk",
    level: Level::Critical,
    title: "Template that walks attributes",
    why: "Names with two underscores lead from any object to every function of Python.",
    advice: "Do not use the template. Set one that you know, and report this one.",
};

/// Names that run code.
pub(crate) static NAME_TEMPLATE: Rule = Rule {
    id: "template/dangerous-name",
    level: Level::High,
    title: "Template that names dangerous functions",
    why: "A template of a chat has no use for them.",
    advice: "Do not use the template. Set one that you know.",
};

/// Includes and imports.
pub(crate) static INCLUDE_TEMPLATE: Rule = Rule {
    id: "template/includes",
    level: Level::Medium,
    title: "Template that includes others",
    why: "Files of the machine may end in the text that the model sees.",
    advice: "Do not use the template. Set one that you know.",
};

/// Loops without a bound.
pub(crate) static LOOP_TEMPLATE: Rule = Rule {
    id: "template/endless-loop",
    level: Level::High,
    title: "Template that loops without end",
    why: "Whoever renders the template waits for ever, or runs out of memory.",
    advice: "Do not use the template. Set one that you know.",
};

/// Characters that are not seen.
pub(crate) static HIDDEN_TEMPLATE: Rule = Rule {
    id: "template/hidden-characters",
    level: Level::Medium,
    title: "Template with hidden characters",
    why: "What is not seen may change what the model is told.",
    advice: "Look at the template in an editor that shows all characters.",
};

/// Conditions on the text of messages.
pub(crate) static TRIGGER_TEMPLATE: Rule = Rule {
    id: "template/depends-on-content",
    level: Level::Note,
    title: "Template that depends on what is said",
    why: "It may tell the model something else where a message holds certain words.",
    advice: "Read what it adds.",
};

/// Commands in a template's text.
pub(crate) static COMMAND_TEMPLATE: Rule = Rule {
    id: "template/dangerous-command",
    level: Level::High,
    title: "Template with a dangerous command",
    why: "The model is made to tell its users of the command, or agents to run it.",
    advice: "Do not use the template, and report it where it was published.",
};

/// A template that is broken.
pub(crate) static BROKEN_TEMPLATE: Rule = Rule {
    id: "template/cannot-be-parsed",
    level: Level::Low,
    title: "Template that cannot be parsed",
    why: "It may be meant for another engine, or for nobody.",
    advice: "Check the template.",
};
