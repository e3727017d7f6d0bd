use nix_ai_model_scan_walk::{Level, Rule};

/// Python called from the graph.
pub static PYTHON: Rule = Rule {
    id: "onnx/python-operator",
    level: Level::Critical,
    title: "Operator that runs Python",
    why: "It calls Python code by name while the model runs, with what the model gives it.",
    advice: "Do not load the model unless you wrote the Python code that it calls.",
};

/// An operator that a library must bring.
pub static CUSTOM: Rule = Rule {
    id: "onnx/custom-operator",
    level: Level::Medium,
    title: "Operator of an unknown domain",
    why: "It runs only where a native library that knows it is loaded, which runs with all rights of the process.",
    advice: "Load such a library only from a source that you trust as you trust the program itself.",
};

/// Services.
pub static NETWORK: Rule = Rule {
    id: "onnx/network-operator",
    level: Level::High,
    title: "Operator that calls a service",
    why: "It sends what the model is given to an address that the model chooses.",
    advice: "Do not load the model unless you know the service and mean to use it.",
};

/// Tensors in other files.
pub static EXTERNAL: Rule = Rule {
    id: "onnx/external-path",
    level: Level::High,
    title: "Tensor in a file outside the model",
    why: "Loaders open the path that the model names: any file that the process may read becomes a tensor that the model can put out.",
    advice: "Do not load the model: external data belong beside it.",
};

/// Numbers of external data.
pub static REFERENCE: Rule = Rule {
    id: "onnx/false-reference",
    level: Level::High,
    title: "Reference to external data that is none",
    why: "Loaders set attributes by the keys and compute with the numbers that the reference gives.",
    advice: "Do not load the model: no tool writes one like this.",
};

/// Shapes against bytes.
pub static TENSOR: Rule = Rule {
    id: "onnx/false-tensor",
    level: Level::High,
    title: "Tensor that contradicts itself",
    why: "Loaders that trust the sizes read behind the bytes that are there.",
    advice: "Do not load the model: no tool writes one like this.",
};

/// Torch's operators.
pub static TORCH: Rule = Rule {
    id: "onnx/torch-operator",
    level: Level::High,
    title: "Operator of torch that reads or writes files",
    why: "Runtimes that are built with torch call its operators by the name that the graph gives.",
    advice: "Do not load the model.",
};

/// Functions.
pub static ENDLESS: Rule = Rule {
    id: "onnx/endless-function",
    level: Level::High,
    title: "Function that calls itself",
    why: "Loaders put functions in the place of their calls, until memory or the stack is used up.",
    advice: "Do not load the model: no tool writes one like this.",
};

/// Sizes.
pub static HUGE: Rule = Rule {
    id: "onnx/huge-constant",
    level: Level::High,
    title: "Constant that no memory holds",
    why: "Runtimes work constants out when a session begins. A few bytes make terabytes of numbers.",
    advice: "Do not load the model: no exporter writes one like this.",
};

/// Code in text.
pub static CODE: Rule = Rule {
    id: "onnx/code-in-text",
    level: Level::High,
    title: "Code in names, descriptions or metadata",
    why: "They describe a model. Commands and scripts there wait for a tool that evaluates or shows them.",
    advice: "Do not use tools that act on the metadata of this model; ask the publisher why it is there.",
};

/// A file within.
pub static HIDDEN: Rule = Rule {
    id: "onnx/hidden-file",
    level: Level::High,
    title: "File hidden in the model",
    why: "Bytes of an executable, an archive or a pickle where text or numbers belong wait for somebody to take them out.",
    advice: "Do not use the model before the publisher explains what is in it.",
};

/// Fields beyond the format.
pub static UNKNOWN: Rule = Rule {
    id: "onnx/unknown-field",
    level: Level::Medium,
    title: "Field that the format does not know",
    why: "Loaders pass over it, so that it may carry anything; or it is from a newer version of the format.",
    advice: "Check the model with the newest version of the onnx package.",
};

/// No graph.
pub static EMPTY: Rule = Rule {
    id: "onnx/no-graph",
    level: Level::Unjudged,
    title: "Model without a graph",
    why: "What is no model for this reader may be one for a loader.",
    advice: "Fetch the file anew. Do not load it if it is published like this.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[
    &CODE, &CUSTOM, &ENDLESS, &TORCH, &EXTERNAL, &REFERENCE, &TENSOR, &HIDDEN, &HUGE, &NETWORK,
    &EMPTY, &PYTHON, &UNKNOWN,
];
