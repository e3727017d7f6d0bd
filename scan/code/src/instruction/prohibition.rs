//! What a text says is not to be done, which is no order to do it.

use crate::shell::{self, Harm};

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
