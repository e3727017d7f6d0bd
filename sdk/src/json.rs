//! JSON in responses.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::{Failure, Response};

/// The longest piece of a registry's or parser's words in a message, in characters.
const QUOTED: usize = 200;

/// Reads the body as JSON of this type. Whether the status is a success is for
/// the caller to look at first.
///
/// # Errors
/// [`crate::FailureKind::Network`], saying which URL answered what.
pub fn read<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    serde_json::from_slice(&response.body).map_err(|error| {
        let what = fault(response, &error);
        Failure::network(format!("{} answered {} with {what}", response.place(), response.status))
            .with_hint("try again later; a proxy or a portal in between may have answered instead")
    })
}

fn fault(response: &Response, error: &serde_json::Error) -> String {
    if is_html(response) {
        return "a web page instead of JSON".to_owned();
    }
    match error.classify() {
        Category::Eof if response.body.is_empty() => "nothing instead of JSON".to_owned(),
        Category::Eof => "JSON that breaks off".to_owned(),
        Category::Syntax | Category::Io => "what is not JSON".to_owned(),
        Category::Data => {
            format!("JSON of an unknown shape: {}", quoted(&error.to_string()))
        }
    }
}

fn is_html(response: &Response) -> bool {
    let typed = response.header("content-type").is_some_and(|value| value.contains("text/html"));
    typed || response.body.trim_ascii_start().starts_with(b"<")
}

/// The beginning of a text from outside, for a message.
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::testing::Answer;

    fn message(answer: Answer) -> String {
        let response = answer.into_response("https://h/a?secret=1");
        read::<Vec<u8>>(&response).unwrap_err().message
    }

    #[test]
    fn what_is_not_json_is_named() {
        for (body, expected) in [
            ("<!doctype html>", "https://h/a answered 200 with a web page instead of JSON"),
            ("", "https://h/a answered 200 with nothing instead of JSON"),
            ("[1, ", "https://h/a answered 200 with JSON that breaks off"),
            ("nonsense", "https://h/a answered 200 with what is not JSON"),
        ] {
            assert_eq!(message(Answer::new(200, body)), expected);
        }
    }

    #[test]
    fn a_strange_shape_is_quoted_within_bounds() {
        let text = message(Answer::new(200, format!("[\"{}\"]", "x".repeat(5000))));
        assert!(text.contains("unknown shape"), "{text}");
        assert!(text.len() < 400, "{text}");
    }
}
