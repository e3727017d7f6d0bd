//! Files of tools that run what is written in them: editors, assistants,
//! builders, trainers.

use nix_ai_model_scan_walk::{Level, Part, Result, Scan, cut};

use super::{Path, Step, agent, cluster, environment, project};
use crate::shell::{self, Harm};
use crate::{python, rules};

/// Judges a leaf of a file that a tool may read.
pub(super) fn judge(
    name: &str,
    path: &Path,
    text: &str,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) -> Result<()> {
    let yaml = name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with("condarc");
    if yaml {
        project::packages(path, text, part, scan);
        cluster::judge(path, text, part, scan);
        if path.key() == "download" && path.steps.len() == 1 {
            download(text, part, scan)?;
        }
    }
    if (path.has("backbone") || path.has("head")) && evaluates(text) {
        tell("Whoever builds the model evaluates", text, Level::High, part, scan);
        return Ok(());
    }
    // Nodes of ComfyUI and its like, some of which run what they are given.
    if (path.has("inputs") || path.has("widgets_values")) && evaluates(text) {
        tell("A node of the workflow is given", text, Level::High, part, scan);
        return Ok(());
    }
    if project::is_project(name) {
        project::judge(path, text, part, scan);
    }
    let is_told = agent::judge(path, text, part, scan);
    agent::told(name, path, text, part, scan);
    environment::leaf(path, text, part, scan);
    // Components of Langflow are code.
    if path.has("template") && path.has("code") && path.key() == "value" {
        python::judge(text, part, scan)?;
    }
    // MONAI takes what follows the sign for Python.
    if text.trim_start().starts_with('$') && evaluates(text) {
        tell("Whoever runs the bundle evaluates", text, Level::High, part, scan);
        return Ok(());
    }
    if is_told {
        // It is not told twice.
    } else if runs(name, path)
        && let Some(harm) = shell::harm(text)
    {
        // This one runs on the machine itself, before there is a container.
        let on_host = path.has("initializeCommand");
        let lower = text.to_ascii_lowercase();
        let usual = harm == Harm::Download
            && if on_host {
                crate::script::is_published(&lower)
            } else {
                crate::notebook::downloads_rest(&lower)
            };
        let level = if usual || harm == Harm::Secret { Level::Medium } else { Level::High };
        let message = format!("\"{}\" is a command that {}", cut(text), harm.says());
        scan.find(part, rules::TOOL.found(message).level(level));
    } else if (yaml || [".toml", ".cfg", ".replit"].iter().any(|end| name.ends_with(end)))
        && (is_step(path.key()) || !is_prose(path.key()))
        || is_started(path)
    {
        certain(text, part, scan);
    }
    // Nodes of flows whose text is code.
    let is_code = ["code", "jsCode", "pythonCode", "functionCode", "javascriptFunction", "func"];
    if path.has("nodes")
        && is_code.contains(&path.key())
        && (evaluates(text) || text.contains("child_process"))
    {
        tell("A node of the flow is given", text, Level::High, part, scan);
    }
    if name.starts_with(".pre-commit-") {
        match path.key() {
            "additional_dependencies" => crate::startup::requirements(text, part, scan),
            "repo" if shell::is_foreign(&text.to_ascii_lowercase()) => {
                tell("Hooks are installed from", text, Level::High, part, scan);
            }
            _ => {}
        }
    }
    if path.key() == "init-hook" && evaluates(text) {
        tell("A tool evaluates", text, Level::High, part, scan);
    }
    settings(name, path, text, part, scan);
    Ok(())
}

/// Whether a tool runs the leaf without being asked for that very command.
fn runs(name: &str, path: &Path) -> bool {
    let key = path.key();
    match name {
        "devcontainer.json" | ".devcontainer.json" => {
            key.ends_with("Command")
                || path
                    .steps
                    .iter()
                    .any(|step| step.key().is_some_and(|key| key.ends_with("Command")))
        }
        "tasks.json" | "launch.json" => {
            matches!(key, "command" | "args" | "program" | "preLaunchTask")
        }
        "settings.json" | "settings.local.json" | "hooks.json" => {
            path.has("hooks") && key == "command"
        }
        ".mcp.json" | "mcp.json" | "claude_desktop_config.json" | "mcp_config.json" => {
            matches!(key, "command" | "args")
        }
        _ if path.at(0) == "stages" && path.has("cmd") => true,
        "cog.yaml" | "cog.yml" => {
            path.has("run") || key == "pre_install" || path.has("pre_install")
        }
        ".pre-commit-config.yaml" | ".pre-commit-hooks.yaml" => matches!(key, "entry" | "args"),
        "bentofile.yaml" => path.has("commands") || path.has("docker"),
        "mlproject" | "project.yaml" => matches!(key, "command" | "script"),
        "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml" => {
            matches!(key, "command" | "entrypoint" | "test")
        }
        // What `accelerate launch` has every machine of a pod run.
        _ => name.ends_with(".yaml") && path.at(0) == "commands" && path.steps.len() == 2,
    }
}

/// Whether it is a step of a build, of a service or of a job.
fn is_step(key: &str) -> bool {
    super::words::is_command(key)
        || matches!(
            key,
            "before_script"
                | "after_script"
                | "install"
                | "before_install"
                | "after_success"
                | "cmds"
                | "setup"
                | "build_commands"
                | "shell"
                | "entry"
                | "source"
                | "exec_start"
                | "on-create-commands"
        )
}

/// Whether the leaf is a command by its key in any configuration.
fn is_started(path: &Path) -> bool {
    let key = path.key();
    ["Command", "_command", "shell_cmd"].iter().any(|end| key.ends_with(end))
        || matches!(key, "argv" | "dockerfile_lines")
        || path.at(0) == "tasks"
        || path.has("nodes") && path.has("parameters") && key == "command"
}

/// Whether people read what stands under the key.
pub(super) fn is_prose(key: &str) -> bool {
    const WORDS: &[&str] = &[
        "desc",
        "title",
        "message",
        "text",
        "content",
        "pattern",
        "regex",
        "example",
        "prompt",
        "usage",
        "quer",
        "question",
        "answer",
        "input",
        "output",
        "instruct",
        "help",
        "doc",
        "comment",
        "note",
        "reference",
        "author",
        "summary",
        "detect",
        "raw",
        "body",
        "payload",
        "match",
        "word",
        "target",
        "chosen",
        "rejected",
        "response",
        "completion",
        "user",
        "assistant",
    ];
    let key = key.to_ascii_lowercase();
    WORDS.iter().any(|word| key.contains(word))
}

/// Tells of commands that no build and no service has a use for.
fn certain(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    // What a step is given by a variable comes by its name.
    let secrets = text.to_ascii_lowercase().contains("tojson(secrets)");
    match shell::certain(text) {
        Some(harm) => {
            let message = format!("\"{}\" is a command that {}", cut(text), harm.says());
            scan.find(part, rules::TOOL.found(message));
        }
        None if secrets && text.contains("://") => {
            tell("A step sends all secrets away:", text, Level::High, part, scan);
        }
        None => {}
    }
}

/// Judges a command of several words.
pub(super) fn words(
    name: &str,
    command: &str,
    is_agent: bool,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
) {
    if is_agent {
        agent::words(command, part, scan);
    }
    let is_tool = is_agent
        || name.ends_with(".yaml")
        || name.ends_with(".yml")
        || matches!(
            name,
            "tasks.json" | "devcontainer.json" | ".devcontainer.json" | "launch.json"
        );
    if is_tool {
        certain(command, part, scan);
    }
}

fn tell(what: &str, text: &str, level: Level, part: &Part<'_>, scan: &mut Scan<'_>) {
    scan.find(part, rules::TOOL.found(format!("{what} \"{}\"", cut(text))).level(level));
}

/// Whether an expression reaches for the interpreter.
fn evaluates(text: &str) -> bool {
    const WORDS: [&str; 7] = [
        "__import__",
        "os.system",
        "os.popen",
        "subprocess",
        "__builtins__",
        "__globals__",
        "__subclasses__",
    ];
    // A method of that name is none of Python's own: `model.eval()`.
    let calls = |name: &str| {
        text.match_indices(name).any(|(place, _)| {
            let before = text[..place].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        })
    };
    WORDS.iter().any(|word| text.contains(word)) || calls("eval(") || calls("exec(")
}

/// `download` of a data set, which its loader gives to a shell or runs as
/// Python where it is no address.
fn download(text: &str, part: &Part<'_>, scan: &mut Scan<'_>) -> Result<()> {
    let bash = text.trim_start().starts_with("bash ");
    if let Some(harm) = shell::harm(text) {
        let message =
            format!("Fetching the data runs a command that {}: \"{}\"", harm.says(), cut(text));
        scan.find(part, rules::TOOL.found(message).level(Level::High));
    } else if !bash && text.contains('\n') {
        // It is run as it stands.
        python::judge(text, part, scan)?;
    } else if !bash && evaluates(text) {
        tell("Fetching the data runs", text, Level::High, part, scan);
    }
    Ok(())
}

/// Settings of editors that name programs, and of tokenizers and chains.
fn settings(name: &str, path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let key = path.key();
    let relative = text.starts_with("./") || text.starts_with("${workspaceFolder}");
    if name == "settings.json" {
        let loads = matches!(
            key,
            "LD_PRELOAD"
                | "LD_LIBRARY_PATH"
                | "DYLD_INSERT_LIBRARIES"
                | "BASH_ENV"
                | "PYTHONSTARTUP"
                | "PROMPT_COMMAND"
        ) && key != "LD_LIBRARY_PATH";
        let programs = matches!(key, "git.path" | "terminal.external.linuxExec") && relative;
        // Whoever opens the folder has it started to be asked its version.
        let interprets = matches!(key, "python.defaultInterpreterPath" | "python.pythonPath")
            && environment::is_hidden(&text.replace("${workspaceFolder}", "."));
        if loads || programs || interprets {
            tell(&format!("\"{key}\" has the editor load or run"), text, Level::High, part, scan);
        }
    }
    let mounts = path.has("mounts") && text.contains("source=/,")
        || path.has("runArgs") && (text.starts_with("/:/") || text.contains("=/:/"));
    if matches!(name, "devcontainer.json" | ".devcontainer.json") && mounts {
        tell("The container is given the machine's root by", text, Level::High, part, scan);
    }
    if key == "id" && matches!(path.steps.last(), Some(Step::Item(_))) && is_shell_tool(text) {
        tell("A chain is built with a tool that runs code,", text, Level::High, part, scan);
    }
    if key == "_type" && matches!(text, "llm_bash_chain" | "pal_chain" | "llm_math_chain_python") {
        tell("A chain runs what the model writes,", text, Level::High, part, scan);
    }
    if name == "tokenizer.json" && key == "Regex" && never_ends(text) {
        let message = format!("Splitting a text may never end by \"{}\"", cut(text));
        scan.find(part, rules::PATTERN.found(message));
    }
}

fn is_shell_tool(text: &str) -> bool {
    matches!(
        text,
        "ShellTool"
            | "BashProcess"
            | "BashTool"
            | "PythonREPLTool"
            | "PythonREPL"
            | "PythonAstREPLTool"
            | "LLMBashChain"
            | "PALChain"
    )
}

/// Whether a group that repeats one kind of character is repeated itself:
/// `(a+)+`, which takes exponential time where it fails.
fn never_ends(pattern: &str) -> bool {
    let bytes = pattern.as_bytes();
    (1..bytes.len().saturating_sub(2)).any(|at| {
        matches!(bytes[at..], [b'+' | b'*', b')', b'+' | b'*', ..])
            && !matches!(bytes.get(at + 3), Some(b'+'))
            && bytes[at - 1] != b'\\'
            && group(&bytes[..at])
    })
}

/// Whether bytes end with the begin of a group and one kind of character.
fn group(before: &[u8]) -> bool {
    let rest = match before {
        [rest @ .., b']'] => {
            let begin = rest.iter().rposition(|byte| *byte == b'[');
            &rest[..begin.unwrap_or(0)]
        }
        [rest @ .., b'\\', _] => rest,
        [rest @ .., _] => rest,
        [] => return false,
    };
    rest.ends_with(b"(") || rest.ends_with(b"(?:")
}
