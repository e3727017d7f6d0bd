use nix_ai_model_scan_walk::{Cursor, Fault, Result, View};

use crate::{Scalar, Text};

/// Bytes of a word or number that are held.
const WORD: usize = 4096;

/// The signs, strings and words of a JSON text, one after the other. It takes
/// what any parser in use takes: control characters in strings, `NaN`, half
/// surrogates.
pub struct Tokens<'v> {
    cursor: Cursor<'v>,
    /// Bytes of a string that are held; the rest is counted.
    most: usize,
    text: Text,
    raw: Vec<u8>,
    /// What the last string has that strict parsers refuse.
    flaw: Option<Fault>,
}

impl<'v> Tokens<'v> {
    /// Begins at the view's first byte, a byte order mark passed over. Of each
    /// string `most` bytes are held.
    pub fn new(view: &'v dyn View, most: usize) -> Self {
        let mut cursor = Cursor::new(view);
        if view.bytes(0, 3).is_ok_and(|begin| begin == b"\xef\xbb\xbf") {
            cursor.skip(3);
        }
        Self { cursor, most, text: Text::default(), raw: Vec::new(), flaw: None }
    }

    /// Where the next byte is.
    pub fn position(&self) -> u64 {
        self.cursor.position()
    }

    /// The next byte that is no white space, which stays; `None` at the end.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn sign(&mut self) -> Result<Option<u8>> {
        loop {
            let held = self.cursor.peek()?;
            let blank = held.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let (sign, is_end) = (held.get(blank).copied(), held.is_empty());
            self.cursor.advance(blank);
            if sign.is_some() || is_end {
                return Ok(sign);
            }
        }
    }

    /// Passes over the byte that [`Self::sign`] showed.
    pub fn pass(&mut self) {
        self.cursor.advance(1);
    }

    /// Passes over a comment that begins with the next byte: `//` and `#` to
    /// the end of the line, `/*` to `*/`. Any other byte is passed over alone.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn comment(&mut self) -> Result<()> {
        let begin = self.cursor.peek()?.first().copied();
        self.pass();
        let ends: &[&[u8]] = match (begin, self.cursor.peek()?.first()) {
            (Some(b'/'), Some(b'*')) => &[b"*/"],
            // JSON5 ends lines by the separators of Unicode as well.
            (Some(b'/'), Some(b'/')) | (Some(b'#'), _) => {
                &[b"\n", b"\r", b"\xe2\x80\xa8", b"\xe2\x80\xa9"]
            }
            _ => return Ok(()),
        };
        if begin == Some(b'/') {
            self.pass();
        }
        let mut last = [0; 3];
        loop {
            let held = self.cursor.peek()?;
            if held.is_empty() {
                return Ok(());
            }
            let end = held.iter().position(|byte| {
                last = [last[1], last[2], *byte];
                ends.iter().any(|end| last.ends_with(end))
            });
            let passed = end.map_or(held.len(), |end| end + 1);
            self.cursor.advance(passed);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Reads a word or number that comes next; empty where none does.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read_word(&mut self) -> Result<()> {
        self.raw.clear();
        loop {
            let held = self.cursor.peek()?;
            let more = held.iter().take_while(|byte| is_of_word(**byte)).count();
            if more == 0 {
                return Ok(());
            }
            self.raw.extend_from_slice(&held[..more.min(WORD.saturating_sub(self.raw.len()))]);
            self.cursor.advance(more);
        }
    }

    /// The word that was read last.
    pub fn word(&self) -> &str {
        std::str::from_utf8(&self.raw).unwrap_or_default()
    }

    /// Reads a string whose quote, of either kind, comes next. It may end with
    /// the text, and have escapes that are none: see [`Self::take_flaw`].
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read_string(&mut self) -> Result<()> {
        let quote = self.cursor.peek()?.first().copied().unwrap_or(b'"');
        self.pass();
        self.raw.clear();
        self.text.length = 0;
        self.flaw = None;
        loop {
            let held = self.cursor.peek()?;
            if held.is_empty() {
                self.flaw.get_or_insert(Fault::Truncated(self.cursor.position()));
                break;
            }
            let plain = held.iter().take_while(|byte| **byte != quote && **byte != b'\\').count();
            let keep = plain.min(self.most.saturating_sub(self.raw.len()));
            self.raw.extend_from_slice(&held[..keep]);
            self.text.length += plain as u64;
            let sign = held.get(plain).copied();
            self.cursor.advance(plain);
            match sign {
                None => {}
                Some(b'\\') => self.escape()?,
                Some(_) => break self.pass(),
            }
        }
        self.text.held.clear();
        match std::str::from_utf8(&self.raw) {
            Ok(text) => self.text.held.push_str(text),
            Err(_) => self.text.held.push_str(&String::from_utf8_lossy(&self.raw)),
        }
        Ok(())
    }

    /// The string that was read last.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Hands the string that was read last over as a scalar.
    pub fn scalar(&self) -> Scalar<'_> {
        Scalar::Text(&self.text)
    }

    /// Moves the string that was read last.
    pub fn swap(&mut self, with: &mut String) {
        std::mem::swap(with, &mut self.text.held);
    }

    /// What the string that was read last has that strict parsers refuse.
    pub fn take_flaw(&mut self) -> Option<Fault> {
        self.flaw.take()
    }

    /// Reads what follows a backslash, which comes next.
    fn escape(&mut self) -> Result<()> {
        self.pass();
        let Some(kind) = self.cursor.peek()?.first().copied() else { return Ok(()) };
        self.pass();
        let sign = match kind {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => self.code_point()?,
            other => char::from(other),
        };
        self.text.length += 1;
        if self.raw.len() < self.most {
            self.raw.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }

    fn code_point(&mut self) -> Result<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let place = self.cursor.position();
        if self.cursor.ahead::<2>().is_ok_and(|ahead| ahead == *b"\\u") {
            self.cursor.skip(2);
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let point = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.cursor.go_to(place);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// Four digits, or as many of them as there are.
    fn hex(&mut self) -> Result<u32> {
        let mut number = 0;
        for _ in 0..4 {
            let byte = self.cursor.peek()?.first().copied();
            let Some(digit) = byte.and_then(|byte| char::from(byte).to_digit(16)) else {
                let flaw = Fault::broken(self.cursor.position(), "has an escape that is none");
                self.flaw.get_or_insert(flaw);
                break;
            };
            number = number * 16 + digit;
            self.pass();
        }
        Ok(number)
    }
}

/// Whether a byte is of a number or a word, such as the keys that JSON5 has
/// without quotes.
pub(crate) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_' | b'$')
}
