//! The `Link` header of RFC 8288, as far as paging needs it.

use crate::Response;
use crate::http::origin;

/// The URL of the next page, made absolute against the page that names it. A
/// relative reference is taken where it begins with a slash.
pub fn next(response: &Response) -> Option<String> {
    let values = response.headers.iter().filter(|field| field.name == "link");
    let target = values
        .flat_map(|field| links(&field.value))
        .find_map(|(target, parameters)| is_next(parameters).then_some(target))?;
    if target.starts_with('/') && !target.starts_with("//") {
        return Some(format!("{}{target}", origin(&response.final_url)?));
    }
    Some(target.to_owned())
}

/// Targets and their parameters.
fn links(mut rest: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    while let Some((target, after)) =
        rest.split_once('<').and_then(|(_, after)| after.split_once('>'))
    {
        let end = unquoted(after, ',').unwrap_or(after.len());
        found.push((target.trim(), &after[..end]));
        rest = &after[end..];
    }
    found
}

fn is_next(mut parameters: &str) -> bool {
    while let Some(begin) = unquoted(parameters, ';') {
        let after = &parameters[begin + 1..];
        let end = unquoted(after, ';').unwrap_or(after.len());
        if let Some((name, value)) = after[..end].split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let value = value.trim().trim_matches('"');
            return value.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"));
        }
        parameters = &after[end..];
    }
    false
}

/// Where `mark` first stands outside double quotes.
fn unquoted(text: &str, mark: char) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, character)| {
        quoted ^= character == '"';
        (character == mark && !quoted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Answer;

    fn next_of(value: &str) -> Option<String> {
        next(&Answer::new(200, "").header("link", value).into_response("https://h:1/a?b"))
    }

    #[test]
    fn the_next_page_is_found() {
        for value in [
            "<https://h/2>; rel=\"next\"",
            "<https://h/1>; rel=prev, <https://h/2>; rel=next",
            "<https://h/2>;title=\"a, b; rel=prev\" ; REL=\"last NEXT\"",
        ] {
            assert_eq!(next_of(value).as_deref(), Some("https://h/2"), "{value}");
        }
        assert_eq!(next_of("</2?c>; rel=next").as_deref(), Some("https://h:1/2?c"));
    }

    #[test]
    fn everything_else_is_no_next_page() {
        for value in ["", "<https://h/2>", "<https://h/2>; rel=prev", "<x; rel=next", "rel=next"] {
            assert_eq!(next_of(value), None, "{value}");
        }
    }
}
