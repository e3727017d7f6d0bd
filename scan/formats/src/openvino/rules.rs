use nix_ai_model_scan_walk::{Level, Rule};

/// Extensions.
pub static CUSTOM: Rule = Rule {
    id: "openvino/extension-layer",
    level: Level::Medium,
    title: "Layer of an extension",
    why: "It runs only where a native library that knows it is loaded, which runs with all rights of the process.",
    advice: "Load such a library only from a source that you trust as you trust the program itself.",
};

/// Libraries.
pub static LIBRARY: Rule = Rule {
    id: "openvino/outside-file",
    level: Level::High,
    title: "Layer that names a library or a file outside",
    why: "The network chooses what is opened or loaded: native code runs with all rights of the process.",
    advice: "Do not load the network: converters write nothing like this.",
};

/// Entities.
pub static ENTITY: Rule = Rule {
    id: "openvino/document-type",
    level: Level::High,
    title: "Document type with entities",
    why: "Parsers that follow entities read files and addresses that the network names, or grow without end.",
    advice: "Do not load the network: converters write none.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "openvino/code-in-attribute",
    level: Level::High,
    title: "Code in attributes",
    why: "Commands and scripts in a network wait for an extension or a tool that runs them.",
    advice: "Do not load the network before the publisher explains what is in it.",
};

/// Places of constants.
pub static REFERENCE: Rule = Rule {
    id: "openvino/false-reference",
    level: Level::High,
    title: "Constant at a place that no file has",
    why: "A runtime that adds the numbers without care reads other memory than the weights.",
    advice: "Do not load the network: no tool writes one like this.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CODE, &ENTITY, &CUSTOM, &LIBRARY, &REFERENCE];
