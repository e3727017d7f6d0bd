//! Commands that nobody builds, serves or edits anything with.

use super::input::{is_piped_to_shell, names_secrets};
use super::{Harm, harm, is_odd_host, is_secret};

/// The harm of a command that a tool runs, where no tool has a use for it.
/// Steps of builds download, unpack and set up secrets by custom.
pub(crate) fn certain(text: &str) -> Option<Harm> {
    let gives = |line: &str| gives_away(line) || reads_runner(line);
    if text.lines().any(|line| gives(&line.to_ascii_lowercase())) {
        return Some(Harm::Leak);
    }
    let found = harm(text)?;
    let lower = text.to_ascii_lowercase();
    let is_certain = match found {
        Harm::Reverse | Harm::Destroy => true,
        Harm::Download => is_foreign(&lower),
        Harm::Decode => {
            is_piped_to_shell(&lower) || lower.contains("eval ") || lower.contains(" -c")
        }
        // A key or a job of somebody who never sees the machine again.
        Harm::Persist => {
            lower.contains("authorized_keys") && lower.contains("ssh-") && lower.contains("aaaa")
                || lower.contains("crontab -")
                    && ["curl ", "wget ", "base64", "/dev/tcp", "nc "]
                        .iter()
                        .any(|word| lower.contains(word))
        }
        // Told above.
        Harm::Leak | Harm::Secret => false,
    };
    is_certain.then_some(found)
}

/// Whether a text names an address that is unencrypted or of the kind that
/// attacks use, and none of a network of its own.
pub(crate) fn is_foreign(lower: &str) -> bool {
    lower
        .split(|c: char| c.is_whitespace() || "\"'`()<>,;|=".contains(c))
        .filter(|word| word.contains("://"))
        .any(|word| is_plain(word) || is_odd_host(word) && !is_private(word))
}

/// Whether an address is unencrypted, and of another network.
pub(crate) fn is_plain(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("http://") else { return false };
    let host = rest.split(['/', '?', '#', '"', '\'', ' ']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    let name = host.split(':').next().unwrap_or(host);
    // Services of a network of containers have one word.
    name.contains('.') && !is_private(address) && !name.starts_with(['$', '{', '<'])
}

/// Whether an address is of this machine or of a network of its own.
pub(crate) fn is_private(address: &str) -> bool {
    let rest = address.split("://").nth(1).unwrap_or(address);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let second = host.strip_prefix("172.").and_then(|rest| rest.split('.').next());
    let is_docker = second.and_then(|number| number.parse().ok());
    crate::startup::is_local(address)
        || is_docker.is_some_and(|number: u8| (16..32).contains(&number))
        || ["127.", "169.254."].iter().any(|begin| host.starts_with(begin))
        || [".local", ".internal", ".lan", ".localdomain", ".svc", ".home.arpa", ".intranet"]
            .iter()
            .any(|end| host.ends_with(end))
        || host.starts_with("metadata.google")
}

/// Whether a command has a package installed that comes unencrypted from an
/// index, or from where attacks keep theirs.
pub(crate) fn installs_elsewhere(command: &str) -> bool {
    let lower = command.to_ascii_lowercase();
    let installs = ["pip install ", "pip3 install ", "uv add ", "pip download "]
        .iter()
        .any(|how| lower.contains(how));
    // Wheels of old lie unencrypted; indexes decide about every package.
    let names_index =
        ["index-url", " -i ", "find-links", " -f "].iter().any(|option| lower.contains(option));
    installs
        && lower
            .split(|c: char| c.is_whitespace() || "\"'=,;".contains(c))
            .filter(|word| word.contains("http://"))
            .any(|word| is_plain(word) && (names_index || is_odd_host(word)))
}

/// Whether a line takes the secrets of a build out of the memory of its runner.
pub(super) fn reads_runner(line: &str) -> bool {
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    line.contains("issecret") && any(&["grep", "base64"])
        || line.contains("runner.worker") && any(&["/mem", "gcore", "procdump"])
}

/// Whether a line sends the environment or keys to somebody.
fn gives_away(line: &str) -> bool {
    let line = &line.replace(['"', '\''], "");
    let any = |needles: &[&str]| needles.iter().any(|needle| line.contains(needle));
    let sends = any(&[
        "curl ",
        "curl.exe ",
        "wget ",
        "nc ",
        "ncat ",
        "/dev/tcp/",
        "http post ",
        "requests.post",
        "invoke-webrequest",
        "invoke-restmethod",
        "irm ",
        "iwr ",
        "sendmail",
    ]);
    if !sends || any(&["localhost", "127.0.0.1"]) {
        return false;
    }
    let environment = any(&[
        "env |",
        "env|",
        "$(env",
        "`env",
        "printenv |",
        "printenv|",
        "$(printenv",
        "`printenv",
        "export -p |",
        "<(env",
        "env >",
        "env>",
        "tojson(secrets)",
        "gci env:",
        "dir env:",
        "get-childitem env:",
        "ls env:",
    ]) && !any(&["usr/bin/env |", ".env |", ".env|"]);
    const KEPT: &[&str] = &[
        ".claude.json",
        ".claude/.credentials",
        ".codex/auth.json",
        ".gemini/oauth_creds",
        ".cursor/mcp.json",
        ".config/gh/hosts",
    ];
    let keys = (is_secret(line) || names_secrets(line) || any(KEPT))
        && any(&[
            "@~",
            "@/",
            "@$home",
            "@${home",
            "=@",
            "$(cat",
            "`cat",
            "$(base64",
            "$(<",
            "--post-file",
            " -t ",
            "--upload-file",
            "| curl",
            "|curl",
            "| nc",
            "|nc",
            "| base64",
            "|base64",
        ]);
    // Whatever is piped to a stranger is the stranger's.
    let piped = any(&["| curl", "|curl"])
        && any(&["@-", " -t -", "--upload-file -"])
        && line.split(char::is_whitespace).any(is_plain);
    environment || keys || piped
}
