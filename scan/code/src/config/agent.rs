//! Servers, hooks and tasks of agents and editors.

use nix_ai_model_scan_json::Step;
use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::shell::{self, Harm};
use crate::{instruction, rules};

/// Whether a step leads to what an agent or an editor starts.
pub(super) fn leads(steps: &[Step]) -> bool {
    steps.iter().filter_map(Step::key).any(|key| {
        matches!(
            key,
            "mcpServers"
                | "mcp_servers"
                | "mcp-servers"
                | "mcp_config"
                | "mcp"
                | "servers"
                | "context_servers"
                | "stdio_servers"
                | "hooks"
                | "statusLine"
                | "apiKeyHelper"
                | "awsAuthRefresh"
                | "awsCredentialExport"
                | "otelHeadersHelper"
                | "notify"
                | "lint-cmd"
                | "test-cmd"
                | "notifications-command"
        )
    })
}

/// Judges a leaf of what an agent starts; tells whether it was told of.
pub(super) fn judge(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> bool {
    let key = path.key();
    let is_command = super::words::is_command(key)
        || ["Helper", "Refresh", "Export", "-cmd", "-command"].iter().any(|end| key.ends_with(end))
        || key == "notify"
        || matches!(key, "bash" | "powershell" | "windows" | "linux" | "osx") && path.has("hooks");
    let starts = leads(&path.steps)
        || ["oolDiscoveryCommand", "oolCallCommand", "discoveryCommand", "callCommand"]
            .iter()
            .any(|end| key.ends_with(end))
        || super::switch::is_of_agent(part);
    if !is_command || !starts {
        return false;
    }
    let harm = shell::certain(text).or_else(|| {
        shell::harm(text).filter(|harm| match harm {
            Harm::Download => !crate::script::is_published(&text.to_ascii_lowercase()),
            Harm::Secret | Harm::Persist => false,
            _ => true,
        })
    });
    let message = if let Some(harm) = harm {
        format!("An agent starts \"{}\", which {}", cut(text), harm.says())
    } else if (is_data(text) || is_given_data(text))
        && (key == "command" || !["args", "arguments", "runArgs"].iter().any(|key| path.has(key)))
    {
        format!("An agent starts \"{}\", which is no program by its name", cut(text))
    } else {
        return false;
    };
    scan.find(part, rules::TOOL.found(message));
    true
}

/// Whether an interpreter runs a file whose name is that of data.
fn is_given_data(command: &str) -> bool {
    let mut words = command.split_whitespace();
    words.next().is_some_and(shell::is_shell)
        && words.find(|word| !word.starts_with('-')).is_some_and(is_data)
}

/// Judges the words of a command that an agent starts.
pub(super) fn words(command: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if let Some(address) = package(command) {
        let message = format!("An agent installs and starts \"{}\"", cut(address));
        scan.find(part, rules::TOOL.found(message));
    }
}

/// Whether a path of the folder is that of data.
fn is_data(program: &str) -> bool {
    const DATA: &[&str] = &[
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".svg",
        ".webp",
        ".woff",
        ".woff2",
        ".ttf",
        ".pdf",
        ".json",
        ".txt",
        ".md",
        ".csv",
        ".bin",
        ".dat",
        ".log",
        ".safetensors",
        ".gguf",
        ".pt",
        ".pth",
        ".onnx",
        ".h5",
        ".npy",
        ".npz",
        ".pkl",
        ".model",
        ".tmp",
        ".weights",
    ];
    let program = program.trim().to_ascii_lowercase();
    program.contains('/')
        && !program.contains(char::is_whitespace)
        && !program.contains("://")
        && DATA.iter().any(|end| program.ends_with(end))
}

/// The address that a runner of packages is told to fetch one from, where it is
/// unencrypted or where no packages are published.
fn package(command: &str) -> Option<&str> {
    const HOSTS: &[&str] = &[
        "https://github.com/",
        "https://gitlab.com/",
        "https://raw.githubusercontent.com/",
        "https://codeload.github.com/",
        "https://huggingface.co/",
    ];
    let mut words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let first = words.next().unwrap_or_default();
    let program = shell::program(first);
    let runs = matches!(
        program,
        "npx"
            | "uvx"
            | "uv"
            | "pipx"
            | "pip"
            | "pip3"
            | "bunx"
            | "bun"
            | "pnpm"
            | "yarn"
            | "npm"
            | "deno"
    ) || command.contains("pip install");
    if !runs {
        return None;
    }
    let mut before = program;
    for word in words {
        let plain = word.trim_start_matches("git+");
        let begins = plain.starts_with("http://") || plain.starts_with("https://");
        let given = word != plain
            || matches!(
                before,
                "--from"
                    | "--with"
                    | "--package"
                    | "-p"
                    | "--spec"
                    | "run"
                    | "install"
                    | "exec"
                    | "dlx"
            )
            || before == program && matches!(program, "npx" | "uvx" | "bunx")
            || before == "-y"
            || before == "--yes";
        let archive =
            [".tgz", ".tar.gz", ".zip", ".whl", ".git"].iter().any(|end| plain.ends_with(end));
        let known = HOSTS.iter().any(|host| plain.starts_with(host));
        // No index is special: what is unencrypted or odd is told by that alone.
        let index = matches!(
            before,
            "--index-url"
                | "--index"
                | "--default-index"
                | "--extra-index-url"
                | "-i"
                | "--registry"
        );
        let foreign = shell::is_foreign(&plain.to_ascii_lowercase());
        if begins
            && (index && foreign || (given || archive) && !known && !index)
            && !crate::startup::is_local(plain)
        {
            return Some(word);
        }
        let inner = word.split_once("=http").or_else(|| word.split_once("@http"));
        if let Some((_, rest)) = inner
            && word.starts_with('-') | word.contains("@http")
            && shell::is_plain(&format!("http{rest}"))
        {
            return Some(word);
        }
        before = word;
    }
    None
}

/// Judges texts that tell an agent what to do.
pub(super) fn told(name: &str, path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let orders = matches!(
        path.key(),
        "description"
            | "goal"
            | "backstory"
            | "instructions"
            | "instruction"
            | "system"
            | "system_prompt"
            | "systemPrompt"
            | "system_message"
            | "default_system_prompt"
            | "prompt"
            | "initial_prompt"
            | "personality"
            | "developer_prompt"
            | "role"
            | "expected_output"
            | "content"
            | "context"
            | "customInstructions"
            | "first_mes"
            | "persona"
            | "preamble"
    );
    let orders = orders || path.has("inputSchema") || path.has("input_schema");
    if !orders || text.len() < 40 || name.ends_with(".jsonl") {
        return;
    }
    let of_system =
        ["system", "persona", "preamble", "context"].iter().any(|word| path.key().contains(word));
    let conceals = of_system && instruction::conceals(text);
    let says = instruction::orders(text)
        .or(conceals.then_some("is to be put into answers without the user's knowledge"));
    if let Some(says) = says {
        let message = format!("Agents are told what {says}: \"{}\"", cut(text.trim()));
        scan.find(part, rules::INSTRUCTION.found(message).level(Level::High));
    }
}
