use nix_ai_model_scan_walk::{Level, Rule};

/// Python or a library.
pub static CODE_OPERATOR: Rule = Rule {
    id: "tensorflow/code-operator",
    level: Level::Critical,
    title: "Operator that runs code",
    why: "It calls a Python function or loads a native library while the model runs.",
    advice: "Do not load the model.",
};

/// Files.
pub static FILE: Rule = Rule {
    id: "tensorflow/file-operator",
    level: Level::High,
    title: "Operator that reads or writes files",
    why: "A graph with it reads any file of the process, or writes one that another program runs, when the model is called.",
    advice: "Do not load the model. Models compute; reading files belongs to the program around them.",
};

/// Network.
pub static NETWORK: Rule = Rule {
    id: "tensorflow/network-operator",
    level: Level::High,
    title: "Operator that reaches the network",
    why: "A graph with it sends what the model is given, or fetches more, when the model is called.",
    advice: "Do not load the model.",
};

/// The process.
pub static PROCESS: Rule = Rule {
    id: "tensorflow/process-operator",
    level: Level::High,
    title: "Operator that disturbs the process",
    why: "It ends the process or changes how it reaches files and devices.",
    advice: "Do not load the model.",
};

/// Operators that nobody here knows.
pub static CUSTOM: Rule = Rule {
    id: "tensorflow/custom-operator",
    level: Level::Medium,
    title: "Operator of a library of its own",
    why: "It runs only where a native library that knows it is loaded, which runs with all rights of the process.",
    advice: "Load such a library only from a source that you trust as you trust the program itself.",
};

/// Paths.
pub static PATH: Rule = Rule {
    id: "tensorflow/outside-path",
    level: Level::High,
    title: "Path outside the model",
    why: "Operators that every saved model has, and assets, reach the file that they are given: one outside the model's folder is an attacker's choice.",
    advice: "Do not load the model: exporters write paths within its folder.",
};

/// Text.
pub static CODE: Rule = Rule {
    id: "tensorflow/code-in-text",
    level: Level::High,
    title: "Code in constants or collections",
    why: "Commands and scripts in a graph wait for an operator or a tool that runs them.",
    advice: "Do not load the model before the publisher explains what is in it.",
};

/// A file within.
pub static HIDDEN: Rule = Rule {
    id: "tensorflow/hidden-file",
    level: Level::Medium,
    title: "File within the graph",
    why: "Bytes of an executable, an archive or a pickle as a constant can be written out by another operator.",
    advice: "Look at what is found within; ask the publisher what it is for.",
};

/// All of them, by id.
pub const ALL: &[&Rule] =
    &[&CODE, &CODE_OPERATOR, &CUSTOM, &FILE, &HIDDEN, &NETWORK, &PATH, &PROCESS];
