//! What only several values together tell.

use nix_ai_model_scan_walk::{Level, Part, Scan, cut};

use super::instance::Instances;
use super::outside::leaves_folder;
use super::{cluster, environment};
use crate::{rules, shell};

/// Values of one configuration that are looked at.
const MOST: usize = 20_000;

/// Judges the values of a configuration.
pub(super) fn judge(all: &Instances, part: &Part<'_>, scan: &mut Scan<'_>) {
    let mut ways: Vec<(&str, &str)> = all.values().take(MOST).collect();
    ways.sort_unstable();
    let mut host = None;
    let mut privileged = false;
    for (way, text) in ways {
        let (folder, key) = way.rsplit_once('.').unwrap_or(("", way));
        let beside = |name: &str| all.beside(folder, name);
        match key {
            "module" | "module_name" | "module_path" | "import" => {
                split(all, folder, text, part, scan);
            }
            "hostPID" | "hostNetwork" | "pid" if matches!(text, "true" | "host") => {
                host = Some(key);
            }
            "privileged" if text == "true" => privileged = true,
            "runOn" if text == "folderOpen" => task(all, folder, part, scan),
            "name" => {
                if let Some(value) = beside("value") {
                    environment::judge(text, value, part, scan);
                }
            }
            "path" if folder.ends_with(".hostPath") && cluster::is_root(text) => {
                mount(all, folder, text, part, scan);
            }
            "filepath" | "path" => data(beside("type"), text, part, scan),
            "type" if text == "secret" => secret(all, folder, part, scan),
            "examples" => prompt(beside("_type"), text, part, scan),
            _ if key.ends_with("_path") => prompt(beside("_type"), text, part, scan),
            _ => {}
        }
    }
    // Those that watch each machine of a cluster are of every machine.
    let watches = all.values().any(|(way, text)| way.ends_with("kind") && text == "DaemonSet");
    if let (true, Some("hostPID" | "pid"), false) = (privileged, host, watches) {
        let message = "A container is given all of the machine: \"privileged\", and its processes";
        scan.find(part, rules::TOOL.found(message));
    }
}

/// A function whose module and name stand under keys of their own.
fn split(all: &Instances, folder: &str, module: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    const NAMES: &[&str] = &[
        "class",
        "class_name",
        "_class",
        "function",
        "function_name",
        "func",
        "attr",
        "callable",
        "method",
    ];
    let Some(name) = NAMES.iter().find_map(|name| all.beside(folder, name)) else { return };
    let whole = format!("{module}.{name}");
    if super::strong(&whole) && !module.contains(' ') {
        super::target::tell("module", &whole, Level::High, part, scan);
    }
}

/// A folder of the machine that a container may write to.
fn mount(all: &Instances, folder: &str, text: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let volume = folder.rsplit_once('.').map_or("", |(volume, _)| volume);
    let name = all.beside(volume, "name").unwrap_or_default();
    let is_mount = |way: &str| way.contains("volumeMounts.") && way.ends_with(".name");
    let only_reads = all.values().any(|(way, mounted)| {
        is_mount(way)
            && mounted == name
            && way
                .rsplit_once('.')
                .is_some_and(|(mount, _)| all.beside(mount, "readOnly") == Some("true"))
    });
    let message = format!("The container is given what is the machine's own: \"{}\"", cut(text));
    let level = if only_reads { Level::Medium } else { Level::High };
    scan.find(part, rules::TOOL.found(message).level(level));
}

/// A task that an editor starts as soon as the folder is opened.
fn task(all: &Instances, options: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let folder = options.rsplit_once('.').map_or("", |(folder, _)| folder);
    let Some(command) = all.beside(folder, "command") else { return };
    let mut words = command.to_owned();
    for place in 0..16 {
        let Some(word) = all.beside(folder, &format!("args.{place}")) else { break };
        words.push(' ');
        words.push_str(word);
    }
    let is_quiet = all
        .beside(folder, "presentation.reveal")
        .is_some_and(|reveal| matches!(reveal, "never" | "silent"));
    if is_quiet || shell::harm(&words).is_some() || starts_own(&words) {
        let message =
            format!("The editor runs \"{}\" as soon as the folder is opened", cut(&words));
        scan.find(part, rules::TOOL.found(message));
    }
}

/// Whether a command starts a program or a script of the folder.
fn starts_own(command: &str) -> bool {
    let mut words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let Some(first) = words.next() else { return false };
    let own = |word: &str| {
        word.starts_with("./")
            || word.starts_with(".vscode/")
            || word.contains("${workspaceFolder}")
            || word.contains("${workspaceRoot}")
    };
    let program = first.rsplit(['/', '\\']).next().unwrap_or(first);
    let runs_file = matches!(
        program.trim_end_matches(".exe"),
        "sh" | "bash"
            | "zsh"
            | "node"
            | "python"
            | "python3"
            | "perl"
            | "ruby"
            | "php"
            | "pwsh"
            | "powershell"
            | "cmd"
            | "deno"
            | "bun"
            | "osascript"
            | "wscript"
            | "cscript"
            | "mshta"
    );
    own(first)
        || runs_file && words.any(|word| own(word) || !word.starts_with('-') && word.contains('.'))
}

/// A data set of Kedro that unpickles what it fetches.
fn data(kind: Option<&str>, path: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let Some(kind) = kind else { return };
    let lower = kind.to_ascii_lowercase();
    let unpickles =
        ["pickle", "joblib", "dill", "cloudpickle"].iter().any(|name| lower.contains(name))
            && lower.contains('.');
    let fetched = ["http://", "https://", "ftp://"].iter().any(|begin| path.starts_with(begin));
    if unpickles && fetched {
        let message = format!("\"{}\" unpickles what it fetches from \"{}\"", cut(kind), cut(path));
        scan.find(part, rules::ADDRESS.found(message).level(Level::High));
    }
}

/// Files that a prompt of LangChain is put together of.
fn prompt(kind: Option<&str>, path: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if kind.is_some() && !path.contains("://") && leaves_folder(path) {
        let message = format!("The prompt reads \"{}\", out of the folder", cut(path));
        scan.find(part, rules::ADDRESS.found(message).level(Level::High));
    }
}

/// A secret of the environment that an object of LangChain is made with, and
/// that its server gets to know.
fn secret(all: &Instances, folder: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    if all.beside(folder, "lc").is_none() && all.beside(folder, "id.0").is_none() {
        return;
    }
    let Some(name) = all.beside(folder, "id.0") else { return };
    let Some((mut arguments, _)) = folder.rsplit_once('.') else { return };
    // What is sent with every request goes to the server of what sends it.
    let holder = arguments.rsplit_once('.').filter(|(_, name)| {
        matches!(
            *name,
            "default_headers"
                | "headers"
                | "extra_headers"
                | "default_query"
                | "extra_query"
                | "extra_body"
                | "model_kwargs"
                | "client_kwargs"
                | "request_kwargs"
                | "params"
        )
    });
    let is_sent = holder.is_some();
    if let Some((above, _)) = holder {
        arguments = above;
    }
    const SERVERS: &[&str] = &[
        "base_url",
        "openai_api_base",
        "api_base",
        "endpoint",
        "endpoint_url",
        "azure_endpoint",
        "anthropic_api_url",
        "openai_proxy",
        "url",
        "api_url",
        "inference_server_url",
        "host",
        "server_url",
        "proxy",
        "http_proxy",
        "https_proxy",
        "proxies.http",
        "proxies.https",
        "webhook_url",
        "callback_url",
        "uri",
        "service_url",
        "openai_base_url",
    ];
    let server = SERVERS.iter().find_map(|server| all.beside(arguments, server));
    let lower = server.unwrap_or_default().to_ascii_lowercase();
    let upper = name.to_ascii_uppercase();
    let is_other = [
        "AWS_SECRET",
        "AWS_ACCESS",
        "GITHUB",
        "GITLAB",
        "PASSWORD",
        "SSH",
        "DATABASE",
        "HF_TOKEN",
        "PRIVATE",
        "SLACK",
        "NPM_",
        "PYPI",
        "STRIPE",
        "HOME",
        "PATH",
        "KUBE",
        "AWS_SESSION",
        "CREDENTIAL",
    ]
    .iter()
    .any(|word| upper.contains(word));
    let in_text = arguments.ends_with("additional_kwargs")
        || arguments.ends_with("kwargs.content")
        || arguments.ends_with("metadata");
    let tells = (server.is_some() || is_sent) && is_other && !lower.contains("amazonaws.com");
    if shell::is_foreign(&lower) || tells || in_text {
        let to = server.unwrap_or("the text");
        let message =
            format!("Whoever loads it tells the secret \"{}\" to \"{}\"", cut(name), cut(to));
        scan.find(part, rules::ADDRESS.found(message).level(Level::High));
    }
}
