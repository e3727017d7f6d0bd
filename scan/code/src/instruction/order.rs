//! What a text orders: whom it speaks to, what is to be done, and who is not
//! to know.

use super::prohibition::asked;
use crate::shell::{self, Harm};

/// Whether a text speaks to an agent.
pub(super) fn addresses(lower: &str) -> bool {
    [
        "ignore previous",
        "ignore all previous",
        "ignore prior",
        "ignore the above",
        "ignore any previous",
        "disregard",
        "system:",
        "[system",
        "<system",
        "system prompt",
        "system note",
        "ai assistant",
        "ai agent",
        "ai model",
        "assistant",
        "coding agent",
        "agents must",
        "agent:",
        "language model",
        "llm",
        "copilot",
        "claude",
        "chatgpt",
        "cursor",
        "codex",
        "gemini",
        "you must",
        "you are now",
        "important instruction",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

/// Whether it asks that the user shall not know.
pub(super) fn silences(lower: &str) -> bool {
    [
        "silently",
        "secretly",
        "without confirmation",
        "without asking",
        "without telling",
        "without user",
        "without the user",
    ]
    .iter()
    .any(|words| lower.contains(words))
        || keeps_from_user(lower)
}

/// Whether it asks that the user shall not be told.
fn keeps_from_user(lower: &str) -> bool {
    [
        "tell the user",
        "tell anyone",
        "inform the user",
        "mention this",
        "mention it",
        "mention the link",
        "mention:",
        "reveal this",
        "reveal these",
        "disclose this",
        "let the user know",
        "notify the user",
        "ask the user",
        "asking the user",
        "alert the user",
        "explain this to the user",
    ]
    .iter()
    .any(|words| {
        lower.match_indices(words).any(|(at, _)| {
            let from = lower.floor_char_boundary(at.saturating_sub(24));
            let before = &lower[from..at];
            ["not ", "n't ", "never ", "without "].iter().any(|no| before.contains(no))
        })
    }) || [
        "keep this secret",
        "keep this hidden",
        "keep it secret",
        "hide this from",
        "user must not know",
        "user should not know",
        "user does not need to know",
        "user doesn't need to know",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

/// Whether it asks for what does harm.
pub(super) fn acts(lower: &str) -> bool {
    let sends =
        ["post ", "send", "upload", "exfiltrat", "curl", "wget", "fetch", "forward", "append"]
            .iter()
            .any(|verb| lower.contains(verb));
    let address = lower.contains("http://") || lower.contains("https://");
    let keeps = shell::is_secret(lower)
        || [
            "api key",
            "api_key",
            "token",
            "password",
            "credential",
            "environment variable",
            ".env",
            "secret",
        ]
        .iter()
        .any(|word| lower.contains(word));
    let runs = ["run ", "execute", "eval", "pip install", "npm install", "bash", "sh "]
        .iter()
        .any(|verb| lower.contains(verb));
    shell::harm(lower).is_some()
        || sends && address && (keeps || runs)
        || shell::is_secret(lower) && sends
        || runs
            && (lower.contains("curl ")
                || lower.contains("wget ")
                || lower.contains("pip install http"))
        || lower.contains("rm -rf ~")
        || lower.contains("rm -rf /")
}

/// Whether a line names secrets and where they are sent to.
pub(super) fn sends_secrets(lower: &str) -> bool {
    let verb = ["post ", "send ", "upload ", "exfiltrate", "curl ", "forward ", "wget ", "append "]
        .iter()
        .any(|verb| lower.contains(verb));
    verb && shell::is_secret(lower)
        && (lower.contains("http://") || lower.contains("https://") || lower.contains('@'))
}

/// Whether a text wants secrets read and handed on as part of something else.
pub(super) fn hands_secrets(lower: &str) -> bool {
    const KEPT: &[&str] = &[
        ".cursor/mcp.json",
        ".claude.json",
        ".claude/.credentials",
        "claude_desktop_config.json",
        ".codex/auth.json",
        ".gemini/oauth_creds",
        ".config/gh/hosts",
        ".env file",
        "/.env",
        "`.env`",
        "api key",
        "ssh key",
        "private key",
    ];
    let verb = ["read ", "cat ", "open ", "load ", "collect ", "gather ", "retrieve ", "copy "]
        .iter()
        .any(|verb| lower.contains(verb));
    let hands = [
        "pass ",
        "include ",
        "attach ",
        "provide ",
        "put ",
        "insert ",
        "append ",
        "send ",
        "submit ",
        "as the value",
        "as '",
        "as `",
        "parameter",
        "argument",
        "upload ",
    ]
    .iter()
    .any(|verb| lower.contains(verb));
    verb && hands && (shell::is_secret(lower) || KEPT.iter().any(|place| lower.contains(place)))
}

/// What a tool's description orders an agent to do that does harm. Much that
/// documents functions says that something happens silently.
pub(super) fn poisons(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let insists = [
        "<important>",
        "<important ",
        "<system>",
        "before using this",
        "before calling this",
        "before you use this",
        "before any other",
        "before every",
        "always first",
        "you must first",
        "must be called first",
    ]
    .iter()
    .any(|words| lower.contains(words));
    let hides = keeps_from_user(&lower);
    if (hides || insists) && hands_secrets(&lower) {
        return Some("hands secrets on");
    }
    if (hides || insists) && sends_secrets(&lower) {
        return Some("sends secrets away");
    }
    let harm = || {
        let mut all = text.lines().filter(|line| !crate::script::is_published(line));
        all.find_map(|line| asked(line).filter(|harm| *harm != Harm::Secret))
    };
    (hides || insists).then(harm).flatten().map(Harm::says)
}

/// What a text of a configuration orders an agent to do that does harm.
pub(crate) fn orders(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    if sends_secrets(&lower) && (lower.contains("curl") || silences(&lower) || urges(&lower)) {
        return Some("sends secrets away");
    }
    if hands_secrets(&lower) && (silences(&lower) || lower.contains("<important>")) {
        return Some("hands secrets on");
    }
    let keeps = shell::is_secret(&lower)
        || lower.contains("environment variable")
        || lower.contains(".env")
        || shell::certain(text).is_some();
    let harms = silences(&lower) && acts(&lower) && keeps;
    harms.then_some("is to be done without the user's knowledge")
}

/// Whether a text has an address or a script put into answers, or secrets sent,
/// and wants that to be kept from the user.
pub(crate) fn conceals(text: &str) -> bool {
    if text.len() < 24 {
        return false;
    }
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let puts = ["<script", "<img", "<iframe", "pip install", "npm install"];
    // An address may be there for who wants to know more.
    let leads = has(&["http://", "https://"])
        && has(&[
            "add ",
            "answer with",
            "append",
            "advis",
            "direct ",
            "embed",
            "fetch",
            "includ",
            "insert",
            "link",
            "load",
            "mention",
            "output",
            "point ",
            "print",
            "put ",
            "recommend",
            "render",
            "repl",
            "respond",
            "send",
            "suggest",
            "tell ",
            "visit",
            "write",
        ]);
    silences(&lower) && (has(&puts) || leads || acts(&lower))
}

/// Whether a text insists.
fn urges(lower: &str) -> bool {
    ["before anything", "always ", "must ", "first read", "<important>", "required", "before using"]
        .iter()
        .any(|words| lower.contains(words))
}
