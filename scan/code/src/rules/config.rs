//! Rules of configuration.

use nix_ai_model_scan_walk::{Level, Rule};

/// A reference to code in the same repository.
pub(crate) static AUTO_MAP: Rule = Rule {
    id: "config/remote-code",
    level: Level::Low,
    title: "Reference to code",
    why: "A loader that is told to trust the publisher imports this code.",
    advice: "Read the code that it names before you trust it.",
};

/// A reference to code elsewhere.
pub(crate) static OTHER_REPOSITORY: Rule = Rule {
    id: "config/code-of-other-repository",
    level: Level::High,
    title: "Code from another repository",
    why: "The code is fetched from a place that may change at any time, and is no part of what was pinned.",
    advice: "Do not load it with remote code. Ask the publisher to add the code to the model.",
};

/// A configuration that switches trust on.
pub(crate) static TRUSTS: Rule = Rule {
    id: "config/trusts-remote-code",
    level: Level::Medium,
    title: "Trust that a model asks for itself",
    why: "A model that says that its own code is to be trusted takes a decision that is the user's.",
    advice: "Load it without remote code, or read the code.",
};

/// A name that a loader imports.
pub(crate) static MODULE: Rule = Rule {
    id: "config/imports-module",
    level: Level::High,
    title: "Module that is imported by name",
    why: "The loader imports the module, and calls what it is told to in it.",
    advice: "Do not load the model unless you know the module.",
};

/// A Hydra or Lightning target.
pub(crate) static TARGET: Rule = Rule {
    id: "config/target",
    level: Level::Low,
    title: "Function that a configuration calls",
    why: "Whoever instantiates the configuration imports and calls what it names, with the arguments that it holds.",
    advice: "Read what is called before you instantiate the configuration.",
};

/// A target that runs code.
pub(crate) static TARGET_DANGEROUS: Rule = Rule {
    id: "config/dangerous-target",
    level: Level::Critical,
    title: "Dangerous function that a configuration calls",
    why: "Whoever instantiates the configuration runs an attacker's code.",
    advice: "Do not load this configuration, and report it where it was published.",
};

/// A resolver of OmegaConf that reads the environment.
pub(crate) static RESOLVER: Rule = Rule {
    id: "config/resolver",
    level: Level::Medium,
    title: "Configuration that reads the environment",
    why: "Variables of the environment end in what the configuration is used for.",
    advice: "Check where the values go.",
};

/// A path that is an address or leaves the folder.
pub(crate) static ADDRESS: Rule = Rule {
    id: "config/leads-elsewhere",
    level: Level::Medium,
    title: "Address in the place of a file",
    why: "What is loaded from there is no part of what was pinned.",
    advice: "Check the address, and pin what it leads to.",
};

/// A requirement by address.
pub(crate) static REQUIREMENT: Rule = Rule {
    id: "config/requirement",
    level: Level::Medium,
    title: "Package from elsewhere",
    why: "The package is fetched from an address that nobody vouches for, and its code runs when it is installed.",
    advice: "Install it only if you know the address.",
};

/// A tag that calls.
pub(crate) static YAML_TAG: Rule = Rule {
    id: "yaml/constructs-object",
    level: Level::Critical,
    title: "YAML that builds objects",
    why: "A loader that follows the tag imports modules and calls functions.",
    advice: "Load it with a safe loader only, and report it where it was published.",
};

/// Aliases that multiply.
pub(crate) static YAML_ALIAS: Rule = Rule {
    id: "yaml/alias-bomb",
    level: Level::High,
    title: "YAML that unfolds without end",
    why: "Aliases of aliases take all memory of whoever unfolds them.",
    advice: "Do not load the file.",
};

/// YAML that is broken.
pub(crate) static YAML_BROKEN: Rule = Rule {
    id: "yaml/cannot-be-parsed",
    level: Level::Low,
    title: "YAML that cannot be parsed",
    why: "A more lenient parser may read it in another way.",
    advice: "Check the file.",
};

/// A script that package managers run.
pub(crate) static INSTALL_SCRIPT: Rule = Rule {
    id: "config/install-script",
    level: Level::Medium,
    title: "Script that runs on installation",
    why: "Whoever installs the package runs it.",
    advice: "Read the script.",
};

/// A command that a tool runs.
pub(crate) static TOOL: Rule = Rule {
    id: "config/runs-command",
    level: Level::High,
    title: "Command that a tool runs by itself",
    why: "Whoever opens the folder with the tool, or has it build or fetch what the file describes, runs the command.",
    advice: "Do not open the folder with the tool, and report it where it was published.",
};

/// A variable of the environment by which programs load something.
pub(crate) static VARIABLE: Rule = Rule {
    id: "config/dangerous-variable",
    level: Level::High,
    title: "Variable that has programs load or run something",
    why: "Every program that is started with the variable loads or runs what it names, or tells what it knows to the server that it names.",
    advice: "Do not take the variable over, and report it where it was published.",
};

/// A pattern that takes exponential time.
pub(crate) static PATTERN: Rule = Rule {
    id: "config/endless-pattern",
    level: Level::High,
    title: "Pattern that may never end",
    why: "Where the pattern fails, it is tried in more ways than anybody waits for.",
    advice: "Do not load the tokenizer.",
};
