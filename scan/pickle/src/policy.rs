//! The settings of Stable-Baselines3: JSON whose values may be pickles in
//! base64, under the key `:serialized:`, which loaders load.

use std::borrow::Cow;
use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};

/// The key of a pickle.
const KEY: &[u8] = b":serialized:";
/// Bytes of settings that are read: real ones have an observation in them, or a
/// few.
const MOST: usize = 16 << 20;

/// Reads the member `data` of a model's archive.
pub(crate) struct PolicyReader;

impl Reader for PolicyReader {
    fn format(&self) -> &'static str {
        "settings of Stable-Baselines3"
    }

    fn recognises(&self, head: &Head) -> bool {
        let begin = head.begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head.begin);
        begin.trim_ascii_start().starts_with(b"{")
            && (head.name == "data" || begin.windows(KEY.len()).any(|window| window == KEY))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let text = part.view().bytes(0, MOST + 1)?;
        if text.len() > MOST {
            return Err(Fault::Limit("bytes of settings"));
        }
        let mut number = 0;
        let mut is_value = false;
        for (string, is_key) in (Strings { text: &text, next: 0 }) {
            if is_value && !is_key {
                let pickle = Rc::new(Memory::new(decoded(&string)));
                scan.part(&part.within(&format!("serialized-{number}"), pickle));
                number += 1;
            }
            is_value = is_key && *string == *KEY;
        }
        Ok(())
    }
}

/// The strings of a JSON text, and whether a colon follows each.
struct Strings<'t> {
    text: &'t [u8],
    next: usize,
}

impl<'t> Iterator for Strings<'t> {
    type Item = (Cow<'t, [u8]>, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.next..)?;
        let begin = self.next + rest.iter().position(|byte| *byte == b'"')? + 1;
        let mut end = begin;
        let mut is_escaped = false;
        while *self.text.get(end)? != b'"' {
            let is_escape = self.text[end] == b'\\';
            is_escaped |= is_escape;
            end += 1 + usize::from(is_escape);
        }
        self.next = end + 1;
        let string = self.text.get(begin..end)?;
        let after = self.text.get(self.next..).unwrap_or_default().trim_ascii_start();
        let string = if is_escaped { Cow::Owned(unescaped(string)) } else { Cow::Borrowed(string) };
        Some((string, after.starts_with(b":")))
    }
}

/// A string without its escapes; what is no byte is dropped.
fn unescaped(string: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(string.len());
    let mut rest = string;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        let Some((&escape, after)) = rest.split_first() else { break };
        rest = after;
        if escape != b'u' {
            plain.push(escape);
            continue;
        }
        let digits = rest.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        plain.extend(code.and_then(|code| u8::try_from(code).ok()));
        rest = rest.get(4..).unwrap_or_default();
    }
    plain
}

/// Bytes of base64, as Python reads it: other characters are passed over.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        held = (held & 0xffff) << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_their_escapes_are_read() {
        let text = br#"{"a": "b\"c", "\u003aserialized:" : "QUJD", "d": [1, "e"]}"#;
        let strings: Vec<_> = Strings { text, next: 0 }
            .map(|(string, is_key)| (String::from_utf8_lossy(&string).into_owned(), is_key))
            .collect();
        let strings: Vec<_> = strings.iter().map(|(string, key)| (&**string, *key)).collect();
        assert_eq!(
            strings,
            [
                ("a", true),
                ("b\"c", false),
                (":serialized:", true),
                ("QUJD", false),
                ("d", true),
                ("e", false)
            ]
        );
        assert_eq!(decoded(b"QU\nJD"), b"ABC");
        assert_eq!(decoded(b"gAQu"), [0x80, 4, b'.']);
    }
}
