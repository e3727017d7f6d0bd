//! Jinja templates: what rendering one reaches, and how long it takes.

mod bounds;
mod meaning;
mod names;
mod search;
mod tags;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Scan, cut, holds};

use crate::shell::{self, Harm};
use crate::{instruction, rules, text};
use meaning::Template;

/// Bytes of a template that are read.
const MOST: usize = 4 << 20;

/// Reads templates.
pub(crate) struct Jinja;

impl Reader for Jinja {
    fn format(&self) -> &'static str {
        "template"
    }

    fn recognises(&self, head: &Head) -> bool {
        if head.is_named(&[
            ".json", ".yaml", ".yml", ".md", ".html", ".htm", ".xml", ".css", ".py", ".rst",
            ".ipynb", ".jsonl", ".tar", ".h", ".cpp",
        ]) {
            return false;
        }
        let named = head.is_named(&[".jinja", ".jinja2", ".j2", ":prompt", ":jinja"])
            || head.name.contains("chat_template");
        named && text::is_text(head) || is_chat(&head.begin)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let source = text::read(part, MOST)?;
        scan.budget.step(source.text.len() as u64)?;
        let name = part.name().to_lowercase();
        // What a configuration holds among other texts is a document.
        let chat = !name.ends_with(":jinja")
            && (name.contains("chat")
                || name.ends_with(":prompt")
                || !name.contains('.')
                || is_chat(source.text.as_bytes()));
        judge(&source.text, chat, part, scan);
        if source.is_cut { Err(Fault::Limit("bytes of text")) } else { Ok(()) }
    }
}

/// Whether a text is the template of a chat.
fn is_chat(begin: &[u8]) -> bool {
    let begin = &begin[..begin.len().min(Head::BEGIN)];
    let first = begin.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    if !begin[first..].starts_with(b"{%")
        && !begin[first..].starts_with(b"{{")
        && !begin[first..].starts_with(b"{#")
    {
        return false;
    }
    holds(begin, &["messages", "__class__", "__globals__", "bos_token"])
}

/// Judges a template; `chat` where it is one of a chat and not of documents.
fn judge(source: &str, chat: bool, part: &Part<'_>, scan: &mut Scan<'_>) {
    let mut template = Template::new(chat);
    let plain = search::without(source);
    tags::read(&plain, &mut template);
    for (found, at) in template.found {
        scan.find(part, found.at(at as u64));
    }
    hidden(source, part, scan);
    if chat {
        commands(source, part, scan);
        orders(source, part, scan);
        triggers(source, part, scan);
        let lower = source.to_ascii_lowercase();
        if lower.contains("![") && lower.contains("](http") {
            let message =
                "The template has the address of a picture, which shows its server what is said";
            scan.find(part, rules::COMMAND_TEMPLATE.found(message));
        }
    }
}

/// Tells of commands that the model is made to speak of, or to run.
fn commands(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    for line in source.lines() {
        let harm = shell::harm(line);
        if let Some(harm) = harm.filter(|harm| !matches!(harm, Harm::Secret | Harm::Persist)) {
            let message = format!(
                "The template has a command that {}: \"{}\"",
                harm.says(),
                cut(line.trim())
            );
            scan.find(part, rules::COMMAND_TEMPLATE.found(message));
        }
    }
}

/// Tells of orders that the model is to keep from its user: to put an address
/// or a script into what it answers.
fn orders(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    for text in source.split("{%").flat_map(|tag| tag.split("%}")).flat_map(|tag| tag.split("}}")) {
        if instruction::conceals(text) {
            let message = format!(
                "The template has an order that the user is not to know of: \"{}\"",
                cut(text.trim())
            );
            return scan.find(part, rules::COMMAND_TEMPLATE.found(message));
        }
    }
}

/// Tells of words in messages that change what the model is told.
fn triggers(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let tags = source.split("{%").skip(1).filter_map(|tag| tag.split("%}").next());
    for (before, after) in tags.filter_map(|tag| tag.split_once(" in ")) {
        let quoted = before.trim_end().rsplit(['\'', '"']).nth(1).unwrap_or_default();
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-');
        if quoted.len() > 2 && quoted.chars().all(is_word) && after.contains("content") {
            let message = format!("The template looks for \"{}\" in messages", cut(quoted));
            // Whoever waits for a word and has an address for it means harm.
            let leads = source.contains("http://") || source.contains("<script");
            let level = if leads { Level::High } else { Level::Note };
            scan.find(part, rules::TRIGGER_TEMPLATE.found(message).level(level));
        }
    }
}

/// Tells of characters that are not seen.
fn hidden(source: &str, part: &Part<'_>, scan: &mut Scan<'_>) {
    let unseen = |c: &char| matches!(u32::from(*c), 0x200b | 0x200c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xe0000..=0xe007f);
    let mut all = source.char_indices().filter(|(_, c)| unseen(c));
    let Some((at, first)) = all.next() else { return };
    let more = all.count();
    let turns = source
        .chars()
        .any(|c| matches!(u32::from(c), 0x202d | 0x202e | 0x2066..=0x2069 | 0xe0000..=0xe007f));
    let level = if turns { Level::High } else { Level::Medium };
    let message = format!(
        "The template holds characters that are not seen, the first of {} being U+{:04X}",
        more + 1,
        u32::from(first)
    );
    scan.find(part, rules::HIDDEN_TEMPLATE.found(message).at(at as u64).level(level));
}
