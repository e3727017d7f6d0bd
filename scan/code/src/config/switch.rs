//! Settings by which agents and editors stop asking, and by which they talk to
//! somebody else than who made them.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::Path;
use crate::{rules, shell};

/// Whether a file holds settings of an agent or of an editor that has one.
pub(super) fn is_of_agent(part: &Part<'_>) -> bool {
    const FOLDERS: &[&str] = &[
        ".claude/",
        ".gemini/",
        ".qwen/",
        ".iflow/",
        ".codex/",
        ".cursor/",
        ".continue/",
        ".roo/",
        ".kilocode/",
        ".kiro/",
        ".windsurf/",
        ".codeium/",
        ".vscode/",
        ".zed/",
        ".amazonq/",
        ".opencode/",
        ".crush/",
        ".goose/",
        ".factory/",
        ".augment/",
        ".copilot/",
        ".trae/",
        ".junie/",
    ];
    const NAMES: &[&str] = &[
        ".mcp.json",
        "opencode.json",
        "opencode.jsonc",
        "crush.json",
        ".crush.json",
        ".aider.conf.yml",
        "claude_desktop_config.json",
    ];
    let path = part.file();
    FOLDERS.iter().any(|folder| path.starts_with(folder) || path.contains(&format!("/{folder}")))
        || NAMES.contains(&part.name().to_lowercase().as_str())
}

/// Judges what is switched on.
pub(super) fn on(path: &Path, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !is_of_agent(part) {
        return;
    }
    let key = path.key();
    // Only what every command matches.
    let of_terminal = path.steps.iter().filter_map(|step| step.key()).find(|key| {
        key.ends_with("terminal.autoApprove") || key.ends_with("terminal.integrated.autoApprove")
    });
    if of_terminal.is_some() && of_terminal != Some(key) {
        let rule = path.steps.iter().rev().filter_map(|step| step.key());
        let rule = rule.into_iter().find(|key| !matches!(*key, "approve" | "matchCommandLine"));
        if let Some(rule) = rule.filter(|rule| {
            is_all(rule)
                || matches!(*rule, "sh" | "bash" | "zsh" | "pwsh" | "powershell" | "cmd" | "eval")
        }) {
            tell(&format!("every command that \"{}\" matches", cut(rule)), part, scan);
        }
        return;
    }
    let all = matches!(
        key,
        "chat.tools.autoApprove"
            | "chat.tools.global.autoApprove"
            | "chat.agent.autoApprove"
            | "github.copilot.chat.agent.autoApprove"
            | "dangerouslySkipPermissions"
            | "dangerously_skip_permissions"
            | "allowDangerouslySkipPermissions"
            | "claudeCode.allowDangerouslySkipPermissions"
            | "skipDangerousModePermissionPrompt"
            | "dangerouslyAllowAll"
            | "amp.dangerouslyAllowAll"
            | "always_allow_tool_actions"
            | "alwaysAllowExecute"
            | "yolo"
            | "yoloMode"
            | "yolo_mode"
            | "cline.yoloMode"
            | "yes-always"
    );
    if all {
        tell("all that it does", part, scan);
    } else if matches!(key, "autoAccept" | "enableAllProjectMcpServers" | "allowAllTools") {
        let message = format!("\"{}\" has an agent ask less", cut(key));
        scan.find(part, rules::TOOL.found(message).level(Level::Medium));
    }
}

/// Judges a text of the settings of an agent.
pub(super) fn text(path: &Path, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !is_of_agent(part) {
        return;
    }
    let key = path.key();
    let mode = matches!(
        (key, text),
        ("defaultMode" | "permissionMode", "bypassPermissions")
            | ("approvalMode" | "defaultApprovalMode" | "approval_mode", "yolo" | "full-auto")
            | ("sandbox_mode" | "sandboxMode", "danger-full-access")
            | ("chat.permissions.default", "autopilot" | "autoApprove")
    );
    if mode {
        return tell("all that it does", part, scan);
    }
    let lists = path.steps.last().is_some_and(|step| step.key().is_none());
    let small = key.to_ascii_lowercase();
    let allows = path.has("permissions") && key == "allow"
        || ["allowedcommands", "trustedcommands", "allowlist", "allowed_commands", "coretools"]
            .iter()
            .any(|end| small.ends_with(end));
    if lists && allows && is_any(text) {
        return tell(&format!("every command, by \"{}\"", cut(text)), part, scan);
    }
    let serves = path.has("mcpServers") || path.has("servers") || path.has("mcp_servers");
    let is_address = matches!(key, "url" | "serverUrl" | "httpUrl" | "endpoint");
    let lower = text.to_ascii_lowercase();
    let foreign = is_address
        && serves
        && shell::is_foreign(&lower)
        && !super::environment::is_placeholder(&lower);
    if foreign || text.contains("://") && imitates(host(&lower)) {
        let message = format!("An agent talks to \"{}\", which nobody vouches for", cut(text));
        return scan.find(part, rules::TOOL.found(message).level(Level::High));
    }
    variable(key, text, part, scan);
}

/// Whether a host has the name of a service that it is not of.
fn imitates(host: &str) -> bool {
    [
        "anthropic.com.",
        "openai.com.",
        "googleapis.com.",
        "claude.ai.",
        "claude.com.",
        "github.com.",
        "githubusercontent.com.",
        "huggingface.co.",
        "openrouter.ai.",
    ]
    .iter()
    .any(|service| {
        let at = host.find(service);
        at.is_some_and(|at| at == 0 || host.as_bytes()[at - 1] == b'.')
            && !host.ends_with(".internal")
            && !host.ends_with(".cn")
    })
}

/// Judges a variable that an agent is started with.
pub(super) fn variable(name: &str, value: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if !is_of_agent(part) {
        return;
    }
    let is_name = name.len() > 3
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let address = is_name && super::environment::answers(name)
        || matches!(name, "openai_base_url" | "chatgpt_base_url" | "ANTHROPIC_BASE_URL");
    let watches = name.starts_with("OTEL_EXPORTER_")
        && name.ends_with("ENDPOINT")
        && shell::is_foreign(&value.to_ascii_lowercase());
    let says = if watches || address && leads_away(value) {
        "has an agent send what it reads, and its key, to"
    } else if matches!(
        name,
        "NODE_EXTRA_CA_CERTS" | "SSL_CERT_FILE" | "REQUESTS_CA_BUNDLE" | "CURL_CA_BUNDLE"
    ) && super::environment::is_own(&value.to_ascii_lowercase())
        || name == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0"
    {
        "has an agent trust whoever answers:"
    } else {
        return;
    };
    let message = format!("The variable \"{}\" {says} \"{}\"", cut(name), cut(value));
    scan.find(part, rules::VARIABLE.found(message));
}

/// Whether an address is of somebody else than the services that agents use,
/// their users' networks, or a place that is to be filled in.
fn leads_away(value: &str) -> bool {
    const SERVICES: &[&str] = &[
        "anthropic.com",
        "claude.com",
        "openai.com",
        "chatgpt.com",
        "googleapis.com",
        "google.com",
        "azure.com",
        "windows.net",
        "amazonaws.com",
        "amazon.com",
        "openrouter.ai",
        "deepseek.com",
        "moonshot.cn",
        "moonshot.ai",
        "bigmodel.cn",
        "z.ai",
        "aliyuncs.com",
        "minimax.io",
        "minimaxi.com",
        "volces.com",
        "mistral.ai",
        "groq.com",
        "together.xyz",
        "together.ai",
        "fireworks.ai",
        "huggingface.co",
        "hf.co",
        "github.com",
        "githubcopilot.com",
        "cohere.com",
        "x.ai",
        "nvidia.com",
        "siliconflow.cn",
        "siliconflow.com",
        "cloudflare.com",
        "vercel.sh",
        "vercel.app",
        "poe.com",
        "cerebras.ai",
        "novita.ai",
        "databricks.com",
        "wandb.ai",
        "langchain.com",
        "langfuse.com",
        "mlflow.org",
        "perplexity.ai",
        "replicate.com",
        "hf-mirror.com",
        "pytorch.org",
    ];
    let lower = value.trim().to_ascii_lowercase();
    let host = host(&lower);
    // A network's own names have no dot.
    host.contains('.')
        && !host.contains(['$', '{', '<', '%', ' '])
        && !shell::is_private(&format!("http://{host}/"))
        && !is_own_network(host)
        && !super::environment::is_placeholder(&lower)
        && !SERVICES.iter().any(|service| {
            host.strip_suffix(service).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

/// The host of an address.
fn host(lower: &str) -> &str {
    let rest = lower.split_once("://").map_or(lower, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ',']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    host.split(':').next().unwrap_or(host)
}

/// Whether a host is a number of a network that no other reaches.
fn is_own_network(host: &str) -> bool {
    host.starts_with("10.") || host.starts_with("192.168.") || host == "0.0.0.0"
}

/// Whether a pattern is one that every command matches.
fn is_all(rule: &str) -> bool {
    let rule = rule.trim_matches('/').trim_start_matches('^').trim_end_matches('$');
    matches!(rule, "*" | "**" | ".*" | ".+" | ".*?" | "(.*)" | "(.+)" | "[\\s\\S]*" | "[\\s\\S]+")
        || rule == "."
}

/// Whether a permission is one for every command.
fn is_any(text: &str) -> bool {
    let inner = ["Bash", "Shell", "PowerShell", "run_shell_command", "ShellTool", "Exec"]
        .iter()
        .find_map(|tool| text.trim().strip_prefix(tool));
    match inner {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|rule| is_all(rule) || matches!(rule, ":*" | "*:*" | "bash:*" | "sh:*")),
        None => is_all(text),
    }
}

fn tell(what: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let message = format!("The settings have an agent run {what} without being asked");
    scan.find(part, rules::TOOL.found(message).level(Level::High));
}
