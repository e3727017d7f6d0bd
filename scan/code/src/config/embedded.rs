//! Templates among the values of a configuration.

use super::{LONG, Path, Step};

/// Templates of one configuration that are read.
const TEMPLATES: usize = 1024;
/// Bytes of a template under a key that says nothing of one.
const LONGEST: usize = 64 << 10;

/// Takes a text that is a template; `None` where it only goes on with the one
/// before, otherwise whether it, or one more, was too long to be read.
pub(super) fn take(
    name: &str,
    path: &Path,
    text: &str,
    texts: &mut Vec<(String, String)>,
) -> Option<bool> {
    let key = path.key();
    let chat = key == "chat_template" || path.has("chat_template") && key == "template";
    let looks = text.contains("{%") || text.contains("{{");
    let long = text.len() >= LONG;
    let asks = key.contains("template") || key.starts_with("doc_to_");
    let kind = if chat || key.contains("chat_template") {
        "chat_template"
    } else if (looks || long) && asks {
        "prompt"
    } else if looks && !is_data(name, path) && walks(text) {
        "jinja"
    } else {
        return Some(false);
    };
    let name = format!("{key}:{kind}");
    // A list of its lines.
    if let (Some(Step::Item(1..)), Some((_, begun))) =
        (path.steps.last(), texts.last_mut().filter(|(last, _)| *last == name))
        && begun.len() < LONG
    {
        begun.push('\n');
        begun.push_str(text);
        return None;
    }
    if texts.len() < TEMPLATES {
        texts.push((name, text.to_owned()));
        return Some(long);
    }
    Some(true)
}

/// Whether a text renders what leads from an object to Python: conditions and
/// outputs of routes are templates, too, whatever their keys are called.
fn walks(text: &str) -> bool {
    const WAYS: &[&str] = &[
        "__",
        "\\x5f",
        "\\u005f",
        "cycler",
        "lipsum",
        "joiner",
        "namespace.",
        "|attr",
        "| attr",
        "self._",
        "request.",
        "config.from",
        "get_flashed_messages",
        "url_for.",
    ];
    text.len() < LONGEST && WAYS.iter().any(|way| text.contains(way))
}

/// Whether a text is what is tried on sites, or what a model is taught with.
fn is_data(name: &str, path: &Path) -> bool {
    let in_list = path.steps.iter().any(|step| matches!(step, Step::Item(_)));
    let taught = [
        "messages",
        "conversations",
        "completion",
        "response",
        "chosen",
        "rejected",
        "answer",
        "question",
        "instruction",
        "text",
        "content",
    ];
    super::is_rows(name)
        || matches!(path.steps.first(), Some(Step::Item(_)))
        || ["payloads", "raw", "body", "matchers"].iter().any(|key| path.has(key))
        || in_list && name.ends_with(".json") && taught.iter().any(|key| path.has(key))
}
