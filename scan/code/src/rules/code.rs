//! Rules of code.

use nix_ai_model_scan_walk::{Level, Rule};

/// Code that comes with a model.
pub(crate) static REMOTE_CODE: Rule = Rule {
    id: "python/remote-code",
    level: Level::Note,
    title: "Code of a model",
    why: "A loader imports it where it is told to trust the publisher, with all that the user may do.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Runs what is decoded or downloaded.
pub(crate) static OBFUSCATED: Rule = Rule {
    id: "python/obfuscated-execution",
    level: Level::Critical,
    title: "Hidden code that is run",
    why: "Code that is decoded or downloaded before it runs is hidden from those who read it. Models have no use for that.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Reaches a dangerous function by a name that is hidden.
pub(crate) static HIDDEN: Rule = Rule {
    id: "python/hidden-name",
    level: Level::Critical,
    title: "Function called by a hidden name",
    why: "A name that is put together from pieces, or found over the classes of an object, hides what is called.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Runs code that is made at run time.
pub(crate) static DYNAMIC: Rule = Rule {
    id: "python/dynamic-code",
    level: Level::Medium,
    title: "Code made while it runs",
    why: "What runs cannot be told by reading the file.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Starts programs.
pub(crate) static PROCESS: Rule = Rule {
    id: "python/runs-program",
    level: Level::High,
    title: "Program that is run",
    why: "A program that the code starts does whatever the user may do. Models have no use for that.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Runs a command that is an attack.
pub(crate) static COMMAND: Rule = Rule {
    id: "python/attack-command",
    level: Level::Critical,
    title: "Command that attacks",
    why: "The command downloads and runs something, hands a shell to somebody, destroys, persists, or takes secrets.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// A connection in the place of the standard streams.
pub(crate) static REVERSE_SHELL: Rule = Rule {
    id: "python/reverse-shell",
    level: Level::Critical,
    title: "Shell for another machine",
    why: "Whoever listens at the other end works with the rights of the user.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Makes code objects of bytes.
pub(crate) static BYTECODE: Rule = Rule {
    id: "python/makes-code-of-bytes",
    level: Level::High,
    title: "Code made of bytes",
    why: "Bytecode cannot be read like source, and is what hidden code comes as.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Loads pickles.
pub(crate) static UNPICKLE: Rule = Rule {
    id: "python/unpickles",
    level: Level::Medium,
    title: "Pickles that are loaded",
    why: "Loading a pickle runs what it says.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Talks to servers.
pub(crate) static NETWORK: Rule = Rule {
    id: "python/uses-network",
    level: Level::Low,
    title: "Network that is used",
    why: "The code can fetch more code, or send away what it finds.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Sends the environment or secrets away.
pub(crate) static LEAK: Rule = Rule {
    id: "python/sends-secrets",
    level: Level::Critical,
    title: "Secrets that are sent away",
    why: "The environment holds tokens and keys, and the names of machine and user tell where an attack succeeded.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Loads native libraries or writes memory.
pub(crate) static NATIVE: Rule = Rule {
    id: "python/native-code",
    level: Level::Medium,
    title: "Native code that is loaded",
    why: "Native code cannot be read like source, and does whatever the user may do.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Removes files.
pub(crate) static DESTROY: Rule = Rule {
    id: "python/removes-files",
    level: Level::Low,
    title: "Files that are removed",
    why: "What is removed is lost.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Writes where code is run later.
pub(crate) static PERSIST: Rule = Rule {
    id: "python/persists",
    level: Level::Critical,
    title: "Code that is run again later",
    why: "What is written where a shell, the system or Python starts is run again without the model.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Reads files that hold secrets.
pub(crate) static SECRET_FILE: Rule = Rule {
    id: "python/reads-secrets",
    level: Level::High,
    title: "Secrets that are read",
    why: "Keys and tokens of the user are no business of a model.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Writes files.
pub(crate) static WRITE: Rule = Rule {
    id: "python/writes-file",
    level: Level::Low,
    title: "Files that are written",
    why: "A file in the wrong place changes what other programs do.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Installs packages from code.
pub(crate) static INSTALL: Rule = Rule {
    id: "python/installs-packages",
    level: Level::High,
    title: "Packages that are installed",
    why: "Installing a package runs its code, and changes what later programs import.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// Walks to functions over classes.
pub(crate) static WALK: Rule = Rule {
    id: "python/class-walk",
    level: Level::High,
    title: "Walk over loaded classes",
    why: "This is how code reaches functions that it may not name.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};

/// Ends or blocks the process.
pub(crate) static DISTURB: Rule = Rule {
    id: "python/ends-process",
    level: Level::High,
    title: "Process that is ended",
    why: "A model that ends or blocks the program that loads it does harm.",
    advice: "Read the code before you load the model with it, or load the model without its code.",
};

/// A file of compiled Python.
pub(crate) static PYC: Rule = Rule {
    id: "python/bytecode-file",
    level: Level::Medium,
    title: "Compiled Python",
    why: "Python imports it in the place of source, and what it does cannot be read.",
    advice: "Remove it, or ask the publisher for the source.",
};

/// A file of compiled Python with dangerous names.
pub(crate) static PYC_DANGEROUS: Rule = Rule {
    id: "python/dangerous-bytecode",
    level: Level::High,
    title: "Compiled Python that runs code",
    why: "The names that it uses run programs or code, and what it does with them cannot be read.",
    advice: "Do not load the model with this code. Read the code, and report it where it was published.",
};
