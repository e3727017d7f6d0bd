use nix_ai_model_scan_walk::{Level, Rule};

/// Extensions.
pub static EXTENSION: Rule = Rule {
    id: "msgpack/unknown-extension",
    level: Level::Medium,
    title: "Value of an unknown type",
    why: "What it becomes depends on the loader: several decode such values with pickle.",
    advice: "Load the file only with the library that wrote it, after asking the publisher which that is.",
};

/// Arrays.
pub static ARRAY: Rule = Rule {
    id: "msgpack/false-array",
    level: Level::High,
    title: "Array that contradicts itself",
    why: "A loader that trusts the shape or the type makes an array of what is not there, or of objects.",
    advice: "Do not load the file: no library writes one like this.",
};

/// Objects.
pub static OBJECTS: Rule = Rule {
    id: "msgpack/pickled-objects",
    level: Level::Medium,
    title: "Array of objects among the parameters",
    why: "msgpack-numpy keeps such an array as a pickle, and unpickles it when the file is read.",
    advice: "See what is found within the pickle.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "msgpack/code-in-text",
    level: Level::High,
    title: "Code in strings",
    why: "Parameters have names. Commands, scripts and the names of Python's machinery wait for a loader that acts on them.",
    advice: "Do not load the file before the publisher explains what is in it.",
};

/// Files.
pub static HIDDEN: Rule = Rule {
    id: "msgpack/hidden-file",
    level: Level::High,
    title: "File hidden among the parameters",
    why: "Bytes of an executable, an archive or a pickle where numbers belong wait for somebody to take them out.",
    advice: "Do not use the file before the publisher explains what is in it.",
};

/// Trailing bytes.
pub static TRAILING: Rule = Rule {
    id: "msgpack/trailing-bytes",
    level: Level::High,
    title: "Bytes behind the value",
    why: "A checkpoint is one value. What follows is read by loaders that stream, and hides from all others.",
    advice: "Do not load the file: no library writes one like this.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CODE, &ARRAY, &HIDDEN, &TRAILING, &EXTENSION, &OBJECTS];
