//! What the readers of this crate look for.

use nix_ai_model_scan_walk::{Level, Rule};

const SAFE: &str = "Ask the publisher for the weights in a format without code, such as safetensors, or load the file by a loader that lets innocuous names through alone.";
const NEVER: &str = "Do not load the file. Tell the place that publishes it.";

/// A dangerous function is called.
pub static DANGEROUS_CALL: Rule = Rule {
    id: "pickle/dangerous-call",
    level: Level::Critical,
    title: "Dangerous call in a pickle",
    why: "Loading a pickle makes the calls that it asks for. This one lets the file's author act on the machine that loads it.",
    advice: NEVER,
};

/// A dangerous function is named.
pub static DANGEROUS_NAME: Rule = Rule {
    id: "pickle/dangerous-name",
    level: Level::High,
    title: "Dangerous name in a pickle",
    why: "The pickle fetches a function that can act on the machine. Whatever it is handed to may call it.",
    advice: NEVER,
};

/// A name of which nothing is known.
pub static UNKNOWN_NAME: Rule = Rule {
    id: "pickle/unknown-name",
    level: Level::Medium,
    title: "Unknown name in a pickle",
    why: "Loading imports the module and may call what is named. Nothing is known of what it does.",
    advice: "Look up what the name does before you load the file.",
};

/// An unknown function is called with arguments that make it suspicious.
pub static SUSPICIOUS_CALL: Rule = Rule {
    id: "pickle/suspicious-call",
    level: Level::High,
    title: "Unknown function called with suspicious arguments",
    why: "Nothing is known of the function, and what it is given looks like code, a command, a place outside the model or another function.",
    advice: SAFE,
};

/// Code by value.
pub static CODE: Rule = Rule {
    id: "pickle/code",
    level: Level::Medium,
    title: "Pickle with the code of a function",
    why: "The file holds a function itself, as bytecode that the program that loads it will run. The names that it uses are harmless; that is all that can be said of it.",
    advice: SAFE,
};

/// More than there is.
pub static EXHAUSTION: Rule = Rule {
    id: "pickle/exhaustion",
    level: Level::High,
    title: "Pickle that exhausts the machine",
    why: "A few bytes ask for more memory or time than there is, so that whoever loads the file comes to a halt.",
    advice: NEVER,
};

/// What is called cannot be known.
pub static HIDDEN_CALL: Rule = Rule {
    id: "pickle/hidden-call",
    level: Level::High,
    title: "Call of something that cannot be known",
    why: "What is called comes into being while the pickle is loaded, in a way that ordinary pickles have no use for.",
    advice: NEVER,
};

/// A name that cannot be known.
pub static HIDDEN_NAME: Rule = Rule {
    id: "pickle/hidden-name",
    level: Level::High,
    title: "Name that cannot be known",
    why: "The name comes into being while the pickle is loaded, which hides what it leads to.",
    advice: NEVER,
};

/// Something of a module is changed.
pub static CHANGED_NAME: Rule = Rule {
    id: "pickle/changed-name",
    level: Level::High,
    title: "Pickle changes a module or class",
    why: "Attributes or items of something that the whole program shares are replaced, so that later calls run what the pickle chose.",
    advice: NEVER,
};

/// An object is given a method.
pub static REPLACED_METHOD: Rule = Rule {
    id: "pickle/replaced-method",
    level: Level::High,
    title: "Object whose method is replaced",
    why: "An object's own state names a function as the method that the unpickler or the program calls next.",
    advice: NEVER,
};

/// A state that is acted on.
pub static ACTING_STATE: Rule = Rule {
    id: "pickle/acting-state",
    level: Level::High,
    title: "Object whose state makes it act",
    why: "An object of a known library evaluates, reads or opens what its state names as soon as it gets it. This one names code, a file outside or another place.",
    advice: NEVER,
};

/// A name by number.
pub static EXTENSION: Rule = Rule {
    id: "pickle/extension-code",
    level: Level::High,
    title: "Name by extension code",
    why: "The number stands for whatever the loading program registered, so that the file does not say what it calls.",
    advice: SAFE,
};

/// A mark that is no limit.
pub static CROSSED_MARK: Rule = Rule {
    id: "pickle/crossed-mark",
    level: Level::High,
    title: "Values taken from below a mark",
    why: "Older loaders go on where newer ones stop, so that a file is another for each. No library writes this.",
    advice: NEVER,
};

/// A persistent identifier.
pub static PERSISTENT: Rule = Rule {
    id: "pickle/persistent-id",
    level: Level::Low,
    title: "Object that the loading program provides",
    why: "A persistent identifier is resolved by the program that loads the file; what it gives is not part of the file.",
    advice: "Load the file with the program that it was made for alone.",
};

/// A pickle where no loader reads one.
pub static HIDDEN_PICKLE: Rule = Rule {
    id: "pickle/hidden-pickle",
    level: Level::Medium,
    title: "Pickle in trailing data",
    why: "A further pickle follows the one that loaders read. A program that goes on reading would load it.",
    advice: "Judge the file by what that pickle holds, and ask the publisher why it is there.",
};

/// Bytes that nobody reads.
pub static TRAILING: Rule = Rule {
    id: "pickle/trailing-data",
    level: Level::Low,
    title: "Data after the end of a pickle",
    why: "Loaders stop before these bytes, which may hold anything.",
    advice: "Ask the publisher what they are.",
};

/// Named like a pickle.
pub static NO_PICKLE: Rule = Rule {
    id: "pickle/no-pickle",
    level: Level::Low,
    title: "File named like a pickle that is none",
    why: "No loader of pickles can read it.",
    advice: "Check that the file is what the publisher meant it to be.",
};

/// An array that is loaded by a pickle.
pub static OBJECT_ARRAY: Rule = Rule {
    id: "numpy/object-array",
    level: Level::Low,
    title: "NumPy array of Python objects",
    why: "Its content is a pickle, which NumPy loads only where it is told to allow that.",
    advice: "Load it without `allow_pickle`, or judge the file by what the pickle holds.",
};

/// A header that readers take differently.
pub static ODD_HEADER: Rule = Rule {
    id: "numpy/odd-header",
    level: Level::High,
    title: "NumPy header that lies",
    why: "The header is not what NumPy writes, so that loaders differ in what the file is.",
    advice: NEVER,
};

/// All of them.
pub static ALL: &[&Rule] = &[
    &DANGEROUS_CALL,
    &DANGEROUS_NAME,
    &UNKNOWN_NAME,
    &SUSPICIOUS_CALL,
    &CODE,
    &EXHAUSTION,
    &HIDDEN_CALL,
    &HIDDEN_NAME,
    &CHANGED_NAME,
    &REPLACED_METHOD,
    &ACTING_STATE,
    &EXTENSION,
    &CROSSED_MARK,
    &PERSISTENT,
    &HIDDEN_PICKLE,
    &TRAILING,
    &NO_PICKLE,
    &OBJECT_ARRAY,
    &ODD_HEADER,
];
