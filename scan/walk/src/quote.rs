//! Text that a file brought, as findings tell it.

/// Characters of it that are told.
const TOLD: usize = 200;

/// The text, cut.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text in double quotes, cut.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", cut(text))
}

/// Bytes as a text that they may be, cut.
pub fn cut_bytes(bytes: &[u8]) -> String {
    // A character has four bytes at most.
    let begin = &bytes[..bytes.len().min(4 * (TOLD + 1))];
    cut(&String::from_utf8_lossy(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_between_characters() {
        let (fits, long) = ("é".repeat(TOLD), "é".repeat(TOLD + 1));
        assert_eq!(cut(&fits), fits);
        assert_eq!(cut(&long), format!("{fits}…"));
        assert_eq!(quoted(&long), format!("\"{fits}…\""));
        assert_eq!(cut_bytes("😀".repeat(1000).as_bytes()), format!("{}…", "😀".repeat(TOLD)));
        assert_eq!(cut_bytes(b"a\xffb"), "a\u{fffd}b");
    }
}
