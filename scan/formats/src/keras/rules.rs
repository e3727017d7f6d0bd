//! Rules of Keras models.

use nix_ai_model_scan_walk::{Level, Rule};

/// Python bytecode in the configuration.
pub static CODE: Rule = Rule {
    id: "keras/serialized-code",
    level: Level::Critical,
    title: "Python code in a Keras configuration",
    why: "A Lambda layer can carry a Python function as bytecode, which runs when the model is loaded or called. Keras 2 runs it without asking; Keras 3 does with safe mode off.",
    advice: "Do not load the model. Ask the publisher for one whose layers are classes of Keras.",
};

/// A Lambda layer that names a function.
pub static LAMBDA: Rule = Rule {
    id: "keras/lambda-layer",
    level: Level::Medium,
    title: "Lambda layer",
    why: "A Lambda layer calls a function that is not part of Keras, and does so when the model is loaded.",
    advice: "See what the named function does before the model is loaded.",
};

/// A name that lets an attacker do something.
pub static REFERENCE: Rule = Rule {
    id: "keras/dangerous-reference",
    level: Level::Critical,
    title: "Keras configuration that names something dangerous",
    why: "Keras imports the module that a configuration names and calls what it finds there. Versions before 3.9 take any module, and some functions of Keras itself download, read or write files.",
    advice: "Do not load the model.",
};

/// A name that nothing is known of.
pub static UNKNOWN: Rule = Rule {
    id: "keras/unknown-reference",
    level: Level::Medium,
    title: "Keras configuration that names something unknown",
    why: "Loading the model imports and calls what is named, which is no part of Keras.",
    advice: "See where the name is from and what it does before the model is loaded.",
};

/// A class that the loading program must bring.
pub static CUSTOM: Rule = Rule {
    id: "keras/custom-object",
    level: Level::Low,
    title: "Custom Keras object",
    why: "The model needs a class that only its publisher's code brings.",
    advice: "Review that code like any other dependency.",
};

/// A layer that loads more.
pub static LOADER: Rule = Rule {
    id: "keras/loading-layer",
    level: Level::High,
    title: "Keras layer that loads another model",
    why: "TFSMLayer loads a SavedModel from a path, and TorchModuleWrapper a pickle: code of either runs when the model is loaded.",
    advice: "Do not load the model unless what it loads was judged as well.",
};

/// A path outside the model.
pub static FILE: Rule = Rule {
    id: "keras/outside-file",
    level: Level::High,
    title: "Keras layer that reads a file outside the model",
    why: "Layers such as StringLookup read a vocabulary from the path that the configuration names, even in safe mode: files of the machine leak into the model, or an address is requested.",
    advice: "Do not load the model. A vocabulary belongs into the model itself.",
};

/// Two values for one key.
pub static TWICE: Rule = Rule {
    id: "keras/duplicate-key",
    level: Level::High,
    title: "Key that comes twice in a Keras configuration",
    why: "Loaders and scanners take different ones of two values, which hides what is loaded. Keras never writes a key twice.",
    advice: "Do not load the model.",
};

/// All of them.
pub static ALL: &[&Rule] = &[&CUSTOM, &REFERENCE, &TWICE, &LAMBDA, &LOADER, &FILE, &CODE, &UNKNOWN];
