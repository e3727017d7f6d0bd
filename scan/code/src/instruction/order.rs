//! What a text orders: whom it speaks to, what is to be done, and who is not
//! to know.

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

/// The harm that a line asks for: of what it forbids nothing, and of a download
/// only where it says from where.
pub(super) fn asked(line: &str) -> Option<Harm> {
    let plain = without_prohibitions(line);
    let found = shell::harm(&plain)?;
    let is_address = |word: &str| {
        let named = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '$');
        named.starts_with('$')
            || named.contains("://") && named.len() > 8
            || named.split_once('.').is_some_and(|(host, rest)| {
                host.ends_with(|c: char| c.is_ascii_alphanumeric())
                    && rest.starts_with(|c: char| c.is_ascii_alphanumeric())
            })
    };
    let told =
        || plain.split(|c: char| c.is_whitespace() || "`\"'|();,<>".contains(c)).any(is_address);
    (found != Harm::Download || told()).then_some(found)
}

/// A line without what it says is not to be done: `Never run … | bash`.
pub(super) fn without_prohibitions(line: &str) -> String {
    const FORBIDS: &[&str] = &[
        "do not ",
        "don't ",
        "don\u{2019}t ",
        "never ",
        "must not ",
        "mustn't ",
        "should not ",
        "shouldn't ",
        "may not ",
        "cannot ",
        "can not ",
        "avoid ",
        "not allowed to ",
        "not permitted to ",
        "forbidden to ",
        "refuse to ",
    ];
    const SAYS: &[&str] =
        &["forbidden:", "prohibited:", "disallowed:", "not allowed:", "denied:", "\u{274c}"];
    const VERBS: &[&str] = &[
        "run",
        "execut",
        "pip",
        "us",
        "past",
        "suggest",
        "recommend",
        "install",
        "invok",
        "call",
        "curl",
        "wget",
        "writ",
        "add",
        "commit",
        "copy",
        "download",
        "send",
        "upload",
        "post",
        "shar",
        "read",
        "leak",
        "expos",
        "exfiltrat",
        "access",
        "open",
        "cat",
        "rm",
        "delet",
        "`",
    ];
    const ENDS: &[&str] = &[
        ";",
        ". ",
        "! ",
        ", ",
        " but ",
        " instead",
        " rather",
        " then ",
        " until ",
        " unless ",
        " before ",
        " except ",
        " without ",
        " \u{2014} ",
        " \u{2013} ",
        " - ",
        " (run",
        " (use",
        " (exec",
        "\n",
    ];
    // Letters of which the small form is longer would move what follows.
    let lower = line.to_ascii_lowercase();
    let mut made = String::new();
    let mut from = 0;
    while let Some((begin, after)) = FORBIDS
        .iter()
        .chain(SAYS)
        .filter_map(|words| Some((from + lower[from..].find(words)?, words.len())))
        .min()
    {
        let rest = &lower[begin + after..];
        let says = SAYS.iter().any(|words| lower[begin..].starts_with(words));
        let rest = rest.strip_prefix("ever ").unwrap_or(rest);
        let acts = says || VERBS.iter().any(|verb| rest.starts_with(verb));
        let next = begin + after;
        if !acts {
            made.push_str(&line[from..next]);
            from = next;
            continue;
        }
        // What is forbidden goes on with what it is like.
        let mut after = lower[next..].replace("e.g. ", "e_g_ ");
        for like in ["e_g_", "for example", "such as", "including", "like "] {
            after = after.replace(&format!(", {like}"), &format!("  {like}"));
        }
        let ends = ENDS.iter().filter_map(|end| after.find(end)).min();
        made.push_str(&line[from..begin]);
        from = next + ends.unwrap_or(lower.len() - next);
    }
    made.push_str(&line[from..]);
    made
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
