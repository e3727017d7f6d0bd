use nix_ai_model_scan_walk::{Level, Rule};

/// Numbers of tensors, buffers and graphs.
pub static INDEX: Rule = Rule {
    id: "tflite/false-index",
    level: Level::High,
    title: "Number of something that is not there",
    why: "Interpreters in C++ index memory by it: models like this have been used to read and write outside buffers.",
    advice: "Do not load the model: no converter writes one like this.",
};

/// Tensors.
pub static TENSOR: Rule = Rule {
    id: "tflite/false-tensor",
    level: Level::High,
    title: "Tensor that contradicts its buffer",
    why: "Interpreters that trust the shape read behind the buffer.",
    advice: "Do not load the model: no converter writes one like this.",
};

/// Parameters.
pub static PARAMETER: Rule = Rule {
    id: "tflite/zero-parameter",
    level: Level::High,
    title: "Step or block of size zero",
    why: "Interpreters divide by it, which ends the process.",
    advice: "Do not load the model: no converter writes one like this.",
};

/// TensorFlow's operators.
pub static FLEX: Rule = Rule {
    id: "tflite/dangerous-operator",
    level: Level::High,
    title: "Operator of TensorFlow that does more than compute",
    why: "With the Flex delegate the interpreter runs operators of TensorFlow, among them those that reach files, the network and Python.",
    advice: "Do not load the model.",
};

/// Custom operators.
pub static CUSTOM: Rule = Rule {
    id: "tflite/custom-operator",
    level: Level::Low,
    title: "Operator of a library of its own",
    why: "It runs only where native code that knows it is linked or loaded.",
    advice: "Check that your program has it from a source that you trust.",
};

/// A file within.
pub static HIDDEN: Rule = Rule {
    id: "tflite/file-in-buffer",
    level: Level::Medium,
    title: "Buffer that begins like a file",
    why: "Bytes of an executable, an archive or a pickle can be hidden as numbers.",
    advice: "Look at what is found within; ask the publisher what it is for.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CUSTOM, &FLEX, &INDEX, &TENSOR, &HIDDEN, &PARAMETER];
