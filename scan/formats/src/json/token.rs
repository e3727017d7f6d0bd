use nix_ai_model_scan_walk::{Cursor, Fault, Result, View};

use super::Scalar;

/// Bytes of a string that are held; the rest is counted.
const HELD: usize = 4096;

/// A string of the file.
#[derive(Debug, Default)]
pub struct Text {
    held: String,
    /// Bytes of all of it.
    length: u64,
}

impl Text {
    /// Its first bytes, what is no UTF-8 replaced.
    pub fn as_str(&self) -> &str {
        &self.held
    }

    /// Bytes of all of it.
    pub fn length(&self) -> u64 {
        self.length
    }
}

/// The signs and values of a JSON text, one after the other. It takes what any
/// parser in use takes: control characters in strings, `NaN`, half surrogates.
pub struct Tokens<'v> {
    cursor: Cursor<'v>,
    text: Text,
    raw: Vec<u8>,
}

impl<'v> Tokens<'v> {
    /// Begins at the view's first byte, a byte order mark passed over.
    pub fn new(view: &'v dyn View) -> Self {
        let mut cursor = Cursor::new(view);
        if view.bytes(0, 3).is_ok_and(|begin| begin == b"\xef\xbb\xbf") {
            cursor.skip(3);
        }
        Self { cursor, text: Text::default(), raw: Vec::new() }
    }

    fn broken(&self, what: &str) -> Fault {
        Fault::broken(self.cursor.position(), what)
    }

    /// The next byte that is no white space, which stays.
    fn next_sign(&mut self) -> Result<u8> {
        loop {
            let held = self.cursor.peek()?;
            if held.is_empty() {
                return Err(Fault::Truncated(self.cursor.position()));
            }
            let blank = held.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let sign = held.get(blank).copied();
            self.cursor.advance(blank);
            if let Some(sign) = sign {
                return Ok(sign);
            }
        }
    }

    fn take_sign(&mut self, wanted: u8) -> Result<()> {
        if self.next_sign()? != wanted {
            return Err(self.broken(&format!("lacks a \"{}\"", char::from(wanted))));
        }
        self.cursor.advance(1);
        Ok(())
    }

    /// Whether the container ends here, after so many items; passes over the
    /// comma where it does not.
    pub fn container_ends(&mut self, is_object: bool, items: u64) -> Result<bool> {
        let end = if is_object { b'}' } else { b']' };
        let sign = self.next_sign()?;
        if sign == end {
            self.cursor.advance(1);
            return Ok(true);
        }
        if items == 0 {
            return Ok(false);
        }
        self.take_sign(b',')?;
        // Some parsers take a comma before the end.
        if self.next_sign()? == end {
            self.cursor.advance(1);
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads a key and the colon.
    pub fn key(&mut self, key: &mut String) -> Result<()> {
        if self.next_sign()? != b'"' {
            return Err(self.broken("has a key that is no string"));
        }
        self.string()?;
        std::mem::swap(key, &mut self.text.held);
        self.take_sign(b':')
    }

    /// Whether an object (true) or a list (false) begins here.
    pub fn container_begins(&mut self) -> Result<Option<bool>> {
        let is_object = match self.next_sign()? {
            b'{' => true,
            b'[' => false,
            _ => return Ok(None),
        };
        self.cursor.advance(1);
        Ok(Some(is_object))
    }

    /// Reads a value that holds no others.
    pub fn scalar(&mut self) -> Result<Scalar<'_>> {
        if self.next_sign()? == b'"' {
            self.string()?;
            return Ok(Scalar::Text(&self.text));
        }
        self.raw.clear();
        loop {
            let held = self.cursor.peek()?;
            let more = held.iter().take_while(|byte| is_of_word(**byte)).count();
            if more == 0 {
                break;
            }
            self.raw.extend_from_slice(&held[..more.min(HELD.saturating_sub(self.raw.len()))]);
            self.cursor.advance(more);
        }
        match self.raw.as_slice() {
            b"true" | b"false" | b"null" => Ok(Scalar::Word),
            number @ ([b'-' | b'+' | b'.' | b'0'..=b'9', ..] | b"NaN" | b"Infinity") => {
                Ok(Scalar::Number(std::str::from_utf8(number).unwrap_or_default()))
            }
            _ => Err(self.broken("has a value that is none of JSON")),
        }
    }

    /// Reads a string whose quote comes next into `text`.
    fn string(&mut self) -> Result<()> {
        self.cursor.advance(1);
        self.raw.clear();
        self.text.length = 0;
        loop {
            let held = self.cursor.peek()?;
            if held.is_empty() {
                return Err(Fault::Truncated(self.cursor.position()));
            }
            let plain = held.iter().take_while(|byte| !matches!(byte, b'"' | b'\\')).count();
            let keep = plain.min(HELD.saturating_sub(self.raw.len()));
            self.raw.extend_from_slice(&held[..keep]);
            self.text.length += plain as u64;
            let sign = held.get(plain).copied();
            self.cursor.advance(plain);
            match sign {
                None => {}
                Some(b'"') => break self.cursor.advance(1),
                Some(_) => self.escape()?,
            }
        }
        self.text.held.clear();
        match std::str::from_utf8(&self.raw) {
            Ok(text) => self.text.held.push_str(text),
            Err(_) => self.text.held.push_str(&String::from_utf8_lossy(&self.raw)),
        }
        Ok(())
    }

    /// Reads what follows a backslash, which comes next.
    fn escape(&mut self) -> Result<()> {
        self.cursor.advance(1);
        let sign = match self.cursor.u8()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => self.code_point()?,
            other => char::from(other),
        };
        self.text.length += 1;
        if self.raw.len() < HELD {
            let mut bytes = [0; 4];
            self.raw.extend_from_slice(sign.encode_utf8(&mut bytes).as_bytes());
        }
        Ok(())
    }

    fn code_point(&mut self) -> Result<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let place = self.cursor.position();
        if self.cursor.array::<2>()? == *b"\\u" {
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let point = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        self.cursor.go_to(place);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self.cursor.array::<4>()?;
        let digits = std::str::from_utf8(&digits).ok();
        digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.broken("has an escape that is none"))
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}
