use nix_ai_model_scan_walk::{Level, Rule};

/// Compiled.
pub static COMPILED: Rule = Rule {
    id: "engine/compiled-model",
    level: Level::Medium,
    title: "Model that was compiled",
    why: "It holds code for a device, or is laid out for its driver, which trusts it. TensorRT warns that loading an engine is like running a program.",
    advice: "Compile the model on your own machine from a format that can be judged.",
};

/// Executables.
pub static EXECUTABLE: Rule = Rule {
    id: "engine/executable-within",
    level: Level::High,
    title: "Executable within a compiled model",
    why: "Code for the processor of the computer has no place among code for its accelerator.",
    advice: "Do not load the model.",
};

/// Code.
pub static CODE: Rule = Rule {
    id: "engine/code-within",
    level: Level::High,
    title: "Commands or scripts within a compiled model",
    why: "They have no use there but for an attacker.",
    advice: "Do not load the model.",
};

/// All of them, by id.
pub const ALL: &[&Rule] = &[&CODE, &COMPILED, &EXECUTABLE];
