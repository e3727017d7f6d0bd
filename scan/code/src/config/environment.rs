//! Variables of the environment by which programs load or run something, or
//! talk to somebody else.

use nix_ai_model_scan_walk::{Part, Scan, cut};

use super::{Path, Step};
use crate::{rules, shell};

/// Judges the variables of a file of them: `NAME=value`, one a line.
pub(crate) fn file(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    for line in source.lines().map(str::trim).take(10_000) {
        let line = line.strip_prefix("export ").unwrap_or(line);
        if let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            let (name, value) = (name.trim(), value.trim().trim_matches(['"', '\'']));
            judge(name, value, part, scan);
            super::switch::variable(name, value, part, scan);
        }
    }
}

/// Judges a leaf that may set a variable.
pub(super) fn leaf(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !matches!(path.steps.last(), Some(Step::Item(_))) {
        return judge(path.key(), text, part, scan);
    }
    let lists = ["env", "environment", "variables", "env_vars", "containerEnv", "vars"];
    if lists.contains(&path.key())
        && let Some((name, value)) = text.split_once('=')
    {
        judge(name, value, part, scan);
    }
}

/// Judges a variable.
pub(super) fn judge(name: &str, value: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let is_name = name.len() < 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        || name.starts_with("npm_config_");
    if !is_name || value.is_empty() || value.len() > 8192 {
        return;
    }
    if let Some(says) = verdict(name, value) {
        let message = format!("The variable \"{}\" {says} \"{}\"", cut(name), cut(value));
        scan.find(part, rules::VARIABLE.found(message));
    }
}

fn verdict(name: &str, value: &str) -> Option<&'static str> {
    let lower = value.to_ascii_lowercase();
    let loads = match name {
        "LD_PRELOAD"
        | "LD_AUDIT"
        | "DYLD_INSERT_LIBRARIES"
        | "PYTHONSTARTUP"
        | "BASH_ENV"
        | "ZDOTDIR"
        | "GCONV_PATH"
        | "OPENSSL_CONF"
        | "GIT_SSH"
        | "GIT_ASKPASS"
        | "SSH_ASKPASS"
        | "GIT_EXTERNAL_DIFF"
        | "GIT_PAGER"
        | "PAGER"
        | "EDITOR"
        | "VISUAL"
        | "GIT_EDITOR"
        | "CUDA_INJECTION64_PATH"
        | "NODE_REPL_EXTERNAL_MODULE" => is_own(&lower),
        "ENV" => is_own(&lower) && lower.contains('/'),
        "LD_LIBRARY_PATH" | "DYLD_LIBRARY_PATH" | "PYTHONPATH" | "PERL5LIB" | "RUBYLIB"
        | "NODE_PATH" | "PYTHONHOME" | "PATH" => lower.split(':').any(is_hidden),
        "NODE_OPTIONS" => {
            let mut words = lower.split(|c: char| c.is_whitespace() || c == '=');
            words.any(|word| {
                matches!(
                    word,
                    "--require" | "-r" | "--import" | "--loader" | "--experimental-loader"
                )
            }) && (is_own(&lower)
                || lower.contains("data:")
                || lower.contains("http")
                || lower.contains("=/")
                || lower.contains(" /"))
        }
        "JAVA_TOOL_OPTIONS" | "_JAVA_OPTIONS" | "JDK_JAVA_OPTIONS" | "JAVA_OPTS" => {
            let agent = lower.split_once("-javaagent:").or_else(|| lower.split_once("-agentpath:"));
            agent.is_some_and(|(_, path)| is_own(path) || path.starts_with("http"))
                || lower.contains("-xx:onoutofmemoryerror")
                || lower.contains("-xx:onerror")
        }
        "PYTHONWARNINGS" => lower.contains("antigravity") || lower.contains("::."),
        "PERL5OPT" => lower.contains("-mbase;") || lower.contains("system") || is_own(&lower),
        "RUBYOPT" => lower.contains("-r./") || lower.contains("-r/tmp"),
        "PROMPT_COMMAND"
        | "PS1"
        | "PS4"
        | "BROWSER"
        | "LESSOPEN"
        | "GIT_SSH_COMMAND"
        | "GIT_PROXY_COMMAND"
        | "GIT_CONFIG_PARAMETERS" => {
            is_own(&lower) && name != "GIT_SSH_COMMAND"
                || lower.contains("proxycommand")
                || lower.contains("$(") && name != "PS1" && name != "PS4"
                || shell::harm(value).is_some()
        }
        _ => false,
    };
    if loads {
        return Some("has programs load or run");
    }
    let runs = shell::certain(value).is_some();
    if runs && (lower.contains("$(") || lower.contains('`') || lower.contains("() {")) {
        return Some("holds a command that does harm:");
    }
    (leads(name) && shell::is_foreign(&lower) && !is_placeholder(&lower))
        .then_some("has programs talk to somebody else, unencrypted:")
}

/// Whether a variable says where packages, models and answers come from.
fn leads(name: &str) -> bool {
    const PACKAGES: &[&str] = &[
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "UV_INDEX_URL",
        "UV_DEFAULT_INDEX",
        "UV_EXTRA_INDEX_URL",
        "UV_INDEX",
        "NPM_CONFIG_REGISTRY",
        "npm_config_registry",
        "YARN_REGISTRY",
        "GOPROXY",
    ];
    answers(name) || PACKAGES.contains(&name)
}

/// Whether a variable says whom a program talks to.
pub(super) fn answers(name: &str) -> bool {
    const PROVIDERS: &[&str] = &[
        "OPENAI",
        "ANTHROPIC",
        "HF_",
        "HUGGING",
        "GEMINI",
        "GOOGLE",
        "COHERE",
        "MISTRAL",
        "GROQ",
        "DEEPSEEK",
        "AZURE",
        "TOGETHER",
        "OPENROUTER",
        "LLM",
        "CLAUDE",
        "WANDB",
        "MLFLOW",
        "LITELLM",
        "LANGCHAIN",
        "LANGSMITH",
        "XAI_",
        "REPLICATE",
    ];
    let address =
        ["_BASE_URL", "_API_BASE", "_ENDPOINT", "_API_URL", "_BASE", "_HOST", "_TRACKING_URI"]
            .iter()
            .any(|end| name.ends_with(end));
    address && PROVIDERS.iter().any(|begin| name.starts_with(begin))
        || matches!(name, "HTTP_PROXY" | "HTTPS_PROXY" | "ALL_PROXY")
}

/// Whether an address stands for one that the user is to write.
pub(super) fn is_placeholder(lower: &str) -> bool {
    ["example.com", "example.org", "your", "<", "${", "company", "changeme", "corp."]
        .iter()
        .any(|word| lower.contains(word))
}

/// Whether a path is of the folder that the file is in, or of one that anybody
/// writes to.
pub(super) fn is_own(path: &str) -> bool {
    let path = path.trim_start_matches(['"', '\'']);
    ["./", "../", "/tmp/", "/dev/shm/", "/var/tmp/", ".cache/", "%cd%", "%~dp0"].iter().any(
        |begin| {
            path.starts_with(begin)
                || path.contains(&format!(" {begin}"))
                || path.contains(&format!("={begin}"))
        },
    ) || [
        "${workspacefolder",
        "$pwd/",
        "${pwd}",
        "$(pwd)",
        "${containerworkspacefolder",
        "${localworkspacefolder",
    ]
    .iter()
    .any(|folder| path.contains(folder))
        || path.split(['=', ' ', ':']).any(is_hidden)
}

/// Whether a folder is hidden and of no tool that is known, or anybody's.
pub(super) fn is_hidden(path: &str) -> bool {
    const KNOWN: &[&str] = &[
        ".",
        "..",
        ".venv",
        ".local",
        ".conda",
        ".pixi",
        ".direnv",
        ".tox",
        ".nix-profile",
        ".cargo",
        ".deno",
        ".bun",
        ".nvm",
        ".pyenv",
        ".rbenv",
        ".npm-global",
        ".yarn",
        ".vscode-server",
        ".env",
        ".devcontainer",
        ".linuxbrew",
        ".miniconda3",
        ".poetry",
        ".uv",
        ".volta",
        ".asdf",
        ".mise",
    ];
    let path = path.trim_matches(['"', '\'']);
    path.starts_with("/tmp/")
        || path.starts_with("/dev/shm")
        || path.starts_with("/var/tmp/")
        || path.contains('/')
            && !path.contains("://")
            && !path.starts_with('/')
            && path.split('/').any(|step| {
                step.starts_with('.') && !KNOWN.contains(&step) && !step.contains(['$', '{'])
            })
}
