//! Rules of executables, scripts, links and secrets.

use nix_ai_model_scan_walk::{Level, Rule};

/// Native code.
pub(crate) static EXECUTABLE: Rule = Rule {
    id: "executable/native",
    level: Level::High,
    title: "Native program",
    why: "A model is data. Native code does whatever the user may do once something loads or starts it.",
    advice: "Do not run it. Ask the publisher why a model comes with it.",
};

/// Native code whose name says something else.
pub(crate) static DISGUISED: Rule = Rule {
    id: "executable/disguised",
    level: Level::Critical,
    title: "Native program behind another name",
    why: "The name says that it is data, and it is a program.",
    advice: "Do not load or run it, and report it where it was published.",
};

/// A script of a shell.
pub(crate) static SCRIPT: Rule = Rule {
    id: "executable/script",
    level: Level::Low,
    title: "Script",
    why: "It runs where somebody starts it.",
    advice: "Read it before you run it.",
};

/// A script with an attack.
pub(crate) static ATTACK_SCRIPT: Rule = Rule {
    id: "executable/attack-script",
    level: Level::High,
    title: "Script that attacks",
    why: "It runs what it downloads or decodes, hands a shell to somebody, destroys, persists, or takes secrets.",
    advice: "Do not run it, and report it where it was published.",
};

/// Macros of office documents.
pub(crate) static MACRO: Rule = Rule {
    id: "executable/macro",
    level: Level::High,
    title: "Document with macros",
    why: "Macros run when the document is opened.",
    advice: "Do not open it.",
};

/// HTML with scripts.
pub(crate) static MARKUP: Rule = Rule {
    id: "executable/markup",
    level: Level::Low,
    title: "Page with scripts",
    why: "A browser that opens it runs its scripts.",
    advice: "Do not open it in a browser unless you know it.",
};

/// Shortcuts of desktops.
pub(crate) static SHORTCUT: Rule = Rule {
    id: "executable/shortcut",
    level: Level::High,
    title: "Shortcut",
    why: "Opening it starts what it names.",
    advice: "Do not open it.",
};

/// Code that Python runs at its start.
pub(crate) static STARTUP: Rule = Rule {
    id: "startup/python",
    level: Level::High,
    title: "Code that runs when Python starts",
    why: "Python runs it at every start where it lies in a folder of packages, whatever is loaded.",
    advice: "Remove it, and report it where it was published.",
};

/// Hooks and commands of git.
pub(crate) static GIT: Rule = Rule {
    id: "startup/git",
    level: Level::High,
    title: "Git configuration that runs programs",
    why: "Git runs what it names as soon as somebody works in the folder.",
    advice: "Do not use git in the folder.",
};

/// A link to elsewhere.
pub(crate) static LINK: Rule = Rule {
    id: "link/leaves-folder",
    level: Level::Medium,
    title: "Link that leaves the folder",
    why: "What opens the file opens something else of the machine.",
    advice: "Remove the link.",
};

/// A private key.
pub(crate) static PRIVATE_KEY: Rule = Rule {
    id: "secret/private-key",
    level: Level::High,
    title: "Private key",
    why: "Whoever has the file can act as the key's owner.",
    advice: "Tell the publisher. The key has to be replaced, even where the file is removed.",
};

/// A token.
pub(crate) static TOKEN: Rule = Rule {
    id: "secret/token",
    level: Level::High,
    title: "Token of a service",
    why: "Whoever has the file can act as the token's owner.",
    advice: "Tell the publisher. The token has to be revoked, even where the file is removed.",
};

/// A file of variables.
pub(crate) static ENVIRONMENT_FILE: Rule = Rule {
    id: "secret/environment-file",
    level: Level::Low,
    title: "File of environment variables",
    why: "Such files hold keys and tokens.",
    advice: "Check what it holds, and tell the publisher.",
};

/// Controls that turn the order of what is shown.
pub(crate) static TROJAN: Rule = Rule {
    id: "code/turned-order",
    level: Level::High,
    title: "Code that is not what it looks like",
    why: "Controls for languages that are written from right to left show the code in another order than the one that it runs in.",
    advice: "Do not run the code, and look at it in an editor that shows such controls.",
};

/// Files in home and project folders that programs obey.
pub(crate) static PROGRAM_FILE: Rule = Rule {
    id: "startup/program",
    level: Level::High,
    title: "File that a program obeys when it starts",
    why: "A shell, an editor, a debugger or the system runs what the file says as soon as it is started or opens the folder.",
    advice: "Do not start programs in the folder, and report it where it was published.",
};

/// Orders to agents that do harm.
pub(crate) static INSTRUCTION: Rule = Rule {
    id: "instruction/harmful",
    level: Level::High,
    title: "Text that tells its readers to do harm",
    why: "Coding agents that work in the folder do what the text says, and people paste its commands.",
    advice: "Do not run what it says, let no agent work in the folder, and report it where it was published.",
};

/// Orders that are hidden from people.
pub(crate) static HIDDEN_INSTRUCTION: Rule = Rule {
    id: "instruction/hidden",
    level: Level::High,
    title: "Orders hidden from who reads the text",
    why: "Programs that read the text see orders that people do not.",
    advice: "Do not give the text to a program that acts on what it reads.",
};
