//! What a filter only looks for.

use std::borrow::Cow;

/// The template with blanks for what `replace` takes out of a text: it is
/// never more than looked for.
pub(super) fn without(source: &str) -> Cow<'_, str> {
    const CALL: &str = "replace(";
    if !source.contains(CALL) || !source.contains("__") {
        return Cow::Borrowed(source);
    }
    let mut made = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(place) = rest.find(CALL) {
        let (before, after) = rest.split_at(place + CALL.len());
        let is_filter = before[..place].trim_end().ends_with('|');
        made.push_str(before);
        rest = after;
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some(end) = rest[1..].find(quote) else { continue };
        let text = &rest[1..=end];
        let ends = rest[end + 2..].trim_start().starts_with(',');
        let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_filter && ends && is_word {
            made.push(quote);
            made.extend(std::iter::repeat_n('.', text.len()));
            rest = &rest[end + 1..];
        }
    }
    made.push_str(rest);
    Cow::Owned(made)
}
