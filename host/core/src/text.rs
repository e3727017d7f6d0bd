//! Text from outside, made safe to show.

/// The longest piece of remote text that enters a message, in characters.
const SHOWN: usize = 300;

/// Escapes control characters and the Unicode marks that reorder or hide text,
/// and shortens what is longer than a message can bear.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(SHOWN));
    for (count, character) in text.chars().enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// JSON that acts on no terminal: the same values, with hidden characters
/// written as escapes. White space between the values stays.
pub fn escape_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Whether a character would act on a terminal, or not be seen.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidirectional_marks_are_escaped() {
        assert_eq!(escape("a\u{1b}[31m\u{202e}é"), "a\\u{1b}[31m\\u{202e}é");
    }

    #[test]
    fn json_keeps_its_values() {
        let value = serde_json::json!({"a\u{202e}": ["\u{9b}31m", "\u{e0041}\n\t", "é"]});
        let json = serde_json::to_string_pretty(&value).unwrap_or_default();
        let escaped = escape_json(&json);
        assert!(!escaped.chars().any(|c| is_hidden(c) && c != '\n'), "{escaped}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).ok(), Some(value));
    }

    #[test]
    fn long_text_is_shortened() {
        assert_eq!(escape(&"x".repeat(1000)).chars().count(), SHOWN + 1);
    }
}
