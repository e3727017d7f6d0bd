use nix_ai_model_scan_walk::{Level, Rule};

/// More than the file can hold.
pub static COUNT: Rule = Rule {
    id: "gguf/false-count",
    level: Level::High,
    title: "Count or length that the file cannot hold",
    why: "Loaders in C reserve and index memory by these numbers; lies among them have been used to write beyond buffers.",
    advice: "Do not load the file. Fetch it anew, and report it to the publisher if it stays like this.",
};

/// A tensor that is not as llama.cpp wants it.
pub static TENSOR: Rule = Rule {
    id: "gguf/false-tensor",
    level: Level::High,
    title: "Tensor that contradicts itself or the file",
    why: "Names beyond the fixed length, more dimensions than four, sizes whose product overflows and offsets that overlap make loaders read and write beyond their buffers.",
    advice: "Do not load the file: no tool writes one like this.",
};

/// A type of tensor that nobody knows.
pub static TYPE: Rule = Rule {
    id: "gguf/unknown-type",
    level: Level::Medium,
    title: "Unknown type of tensor",
    why: "Loaders look its size up in a table, some of them without checking that it is there.",
    advice: "Ask the publisher which program the file is for, and load it with a current version of that alone.",
};

/// The same key twice.
pub static DUPLICATE: Rule = Rule {
    id: "gguf/duplicate-key",
    level: Level::High,
    title: "Key that is given twice",
    why: "Loaders differ in which of the two they take, so that the chat template that was checked is not the one that runs.",
    advice: "Do not load the file: no tool writes one like this.",
};

/// Alignment.
pub static ALIGNMENT: Rule = Rule {
    id: "gguf/false-alignment",
    level: Level::High,
    title: "Alignment that is no power of two",
    why: "Loaders divide by it and round with it; zero ends the process, other values misplace every tensor.",
    advice: "Do not load the file: no tool writes one like this.",
};

/// A value of a known key that is of another type.
pub static KEY: Rule = Rule {
    id: "gguf/false-value",
    level: Level::High,
    title: "Key or value that the format does not allow",
    why: "Loaders that do not check the type of a value end or read other memory.",
    advice: "Do not load the file: no tool writes one like this.",
};

/// Bytes behind all.
pub static TRAILING: Rule = Rule {
    id: "gguf/trailing-bytes",
    level: Level::Medium,
    title: "Bytes behind the tensors",
    why: "No loader reads them, so that they may hide anything: another file, most of all.",
    advice: "Ask the publisher what they are; convert the model anew to be rid of them.",
};

/// Code in metadata.
pub static CODE: Rule = Rule {
    id: "gguf/code-in-metadata",
    level: Level::High,
    title: "Code in metadata",
    why: "Metadata describe a model. Commands and scripts there wait for a tool that evaluates or shows them.",
    advice: "Do not use tools that act on the metadata of this file; ask the publisher why it is there.",
};

/// The formats before GGUF.
pub static ANCIENT: Rule = Rule {
    id: "gguf/ancient-format",
    level: Level::Medium,
    title: "Format from before GGUF",
    why: "Its loaders check little of what they read, and have not been maintained since 2023.",
    advice: "Convert the model to GGUF or safetensors on a machine that holds nothing else.",
};

/// All of them, by id.
pub const ALL: &[&Rule] =
    &[&ANCIENT, &CODE, &DUPLICATE, &ALIGNMENT, &COUNT, &TENSOR, &KEY, &TRAILING, &TYPE];
