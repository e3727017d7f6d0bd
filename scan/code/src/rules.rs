//! What is looked for in code, configuration and secrets.

mod code;
mod config;
mod file;
mod template;

pub(crate) use code::*;
pub(crate) use config::*;
pub(crate) use file::*;
pub(crate) use template::*;

/// All of them.
pub(crate) static ALL: &[&nix_ai_model_scan_walk::Rule] = &[
    &REMOTE_CODE,
    &OBFUSCATED,
    &HIDDEN,
    &DYNAMIC,
    &PROCESS,
    &COMMAND,
    &REVERSE_SHELL,
    &BYTECODE,
    &UNPICKLE,
    &NETWORK,
    &LEAK,
    &NATIVE,
    &DESTROY,
    &PERSIST,
    &SECRET_FILE,
    &WRITE,
    &INSTALL,
    &WALK,
    &DISTURB,
    &PYC,
    &PYC_DANGEROUS,
    &AUTO_MAP,
    &OTHER_REPOSITORY,
    &TRUSTS,
    &MODULE,
    &TARGET,
    &TARGET_DANGEROUS,
    &RESOLVER,
    &ADDRESS,
    &REQUIREMENT,
    &YAML_TAG,
    &YAML_ALIAS,
    &YAML_BROKEN,
    &INSTALL_SCRIPT,
    &TOOL,
    &VARIABLE,
    &PATTERN,
    &EXECUTABLE,
    &DISGUISED,
    &SCRIPT,
    &ATTACK_SCRIPT,
    &MACRO,
    &MARKUP,
    &SHORTCUT,
    &STARTUP,
    &GIT,
    &LINK,
    &TROJAN,
    &PROGRAM_FILE,
    &INSTRUCTION,
    &HIDDEN_INSTRUCTION,
    &PRIVATE_KEY,
    &TOKEN,
    &ENVIRONMENT_FILE,
    &WALK_TEMPLATE,
    &NAME_TEMPLATE,
    &INCLUDE_TEMPLATE,
    &LOOP_TEMPLATE,
    &HIDDEN_TEMPLATE,
    &TRIGGER_TEMPLATE,
    &COMMAND_TEMPLATE,
    &BROKEN_TEMPLATE,
];
