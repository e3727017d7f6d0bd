//! Percent-encoding.

/// One segment of a path, or a value in a query: everything but letters,
/// digits, `-`, `.`, `_` and `~` is encoded, `/` too.
pub fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A path: its segments encoded, its slashes kept.
pub fn path(text: &str) -> String {
    text.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_has_a_meaning_in_a_url_is_encoded() {
        assert_eq!(segment("refs/pr/1"), "refs%2Fpr%2F1");
        assert_eq!(segment("a b?c#d%é"), "a%20b%3Fc%23d%25%C3%A9");
        assert_eq!(path("a b/ü.bin"), "a%20b/%C3%BC.bin");
    }
}
