use nix_ai_model_scan_walk::{Level, Rule};

/// The header's length is a lie.
pub static HEADER: Rule = Rule {
    id: "safetensors/header-length",
    level: Level::High,
    title: "Header of an impossible length",
    why: "A loader that trusts the length reads or reserves memory beyond the file.",
    advice: "Fetch the file anew. Do not load it if it is published like this.",
};

/// A name twice.
pub static DUPLICATE: Rule = Rule {
    id: "safetensors/duplicate-name",
    level: Level::High,
    title: "Name that is given twice",
    why: "Loaders differ in which of the two they take, so that what was checked is not what is loaded.",
    advice: "Do not load the file: no library writes one like this.",
};

/// Offsets against shapes, types and the file.
pub static LAYOUT: Rule = Rule {
    id: "safetensors/false-layout",
    level: Level::High,
    title: "Layout that contradicts itself",
    why: "Offsets, shapes and types that do not agree make loaders that trust one of them read beyond a tensor or beyond the file.",
    advice: "Do not load the file: no library writes one like this.",
};

/// Bytes that belong to no tensor.
pub static UNCLAIMED: Rule = Rule {
    id: "safetensors/unclaimed-bytes",
    level: Level::High,
    title: "Bytes that belong to no tensor",
    why: "The format has no place for them: they hide content, such as another file, from all who look at the tensors.",
    advice: "Do not load the file: no library writes one like this.",
};

/// A tensor that is a file.
pub static HIDDEN: Rule = Rule {
    id: "safetensors/file-in-tensor",
    level: Level::Medium,
    title: "Tensor that begins like a file",
    why: "Bytes of an executable, an archive or a pickle can be hidden as a tensor of bytes.",
    advice: "Look at what is found within; ask the publisher what the tensor is for.",
};

/// A type that no library knows.
pub static DTYPE: Rule = Rule {
    id: "safetensors/unknown-type",
    level: Level::High,
    title: "Unknown type of numbers",
    why: "How many bytes such a tensor takes is not known, so that its place cannot be checked.",
    advice: "Load the file with the library that wrote it alone, after asking the publisher which that is.",
};

/// Metadata that are no strings.
pub static METADATA: Rule = Rule {
    id: "safetensors/false-metadata",
    level: Level::High,
    title: "Metadata that are not text",
    why: "The format allows a map of strings alone. Loaders that take anything pass what is nested on to code that does not expect it.",
    advice: "Do not load the file: no library writes one like this.",
};

/// Code in names or metadata.
pub static CODE: Rule = Rule {
    id: "safetensors/code-in-metadata",
    level: Level::High,
    title: "Code in metadata, or names that are paths",
    why: "Metadata describe a model. Commands and scripts there wait for a tool that evaluates or shows them; tools that make a file of each tensor go where its name leads.",
    advice: "Do not use tools that act on the metadata of this file; ask the publisher why it is there.",
};

/// Keys that the format does not know.
pub static EXTRA: Rule = Rule {
    id: "safetensors/unknown-key",
    level: Level::Medium,
    title: "Unknown key of a tensor",
    why: "Loaders pass over it, so that it may carry anything.",
    advice: "Ask the publisher which tool wrote the file.",
};

/// All of them, by id.
pub const ALL: &[&Rule] =
    &[&CODE, &DUPLICATE, &LAYOUT, &METADATA, &HIDDEN, &HEADER, &UNCLAIMED, &EXTRA, &DTYPE];
