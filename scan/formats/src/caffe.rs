//! Caffe: what its networks bring that is no layer of its own.

use nix_ai_model_scan_walk::{Level, Rule};

/// A layer in Python.
pub static PYTHON: Rule = Rule {
    id: "caffe/python-layer",
    level: Level::Critical,
    title: "Layer of Caffe that is a Python class",
    why: "Caffe imports the module that the network names, makes an object of its class and calls it.",
    advice: "Do not load the network unless you wrote the module that it names.",
};

/// The rules of this module.
pub static RULES: &[&Rule] = &[&PYTHON];
