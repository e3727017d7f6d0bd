//! What a text orders: whom it speaks to, what is to be done, and who is not
//! to know.

use crate::shell;

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
        "tell the user",
        "inform the user",
        "mention this",
        "mention it",
        "mention that",
        "mention these",
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
        "silently",
        "secretly",
        "without confirmation",
        "without asking",
        "without telling",
        "without user",
    ]
    .iter()
    .any(|words| {
        lower.match_indices(words).any(|(at, words)| {
            let from = lower.floor_char_boundary(at.saturating_sub(24));
            let before = &lower[from..at];
            words.starts_with("silent")
                || words.starts_with("secret")
                || words.starts_with("without")
                || ["not ", "n't ", "never ", "without "].iter().any(|no| before.contains(no))
        })
    })
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

/// What a text of a configuration orders an agent to do that does harm.
pub(crate) fn orders(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    if sends_secrets(&lower) && (lower.contains("curl") || silences(&lower) || urges(&lower)) {
        return Some("sends secrets away");
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
    let leads = ["<script", "<img", "<iframe", "http://", "https://", "pip install", "npm install"]
        .iter()
        .any(|word| lower.contains(word));
    silences(&lower) && (leads || acts(&lower))
}

/// Whether a text insists.
fn urges(lower: &str) -> bool {
    ["before anything", "always ", "must ", "first read", "<important>", "required", "before using"]
        .iter()
        .any(|words| lower.contains(words))
}
