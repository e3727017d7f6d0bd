use nix_ai_model_scan_walk::{Cursor, Fault, Result};

/// Bytes of a text that are held.
const HELD: u64 = 4096;

/// How numbers and texts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Big,
    Little,
    Ascii,
}

/// The numbers and texts of a serialisation, one after the other.
pub(super) struct Source<'p> {
    cursor: Cursor<'p>,
    size: u64,
    form: Form,
}

impl<'p> Source<'p> {
    pub(super) fn new(mut cursor: Cursor<'p>, size: u64) -> Result<Self> {
        let at = cursor.position();
        let form = match &cursor.array()? {
            b"X\n" => Form::Big,
            b"B\n" => Form::Little,
            b"A\n" => Form::Ascii,
            _ => return Err(Fault::broken(at, "is written in no known form")),
        };
        Ok(Self { cursor, size, form })
    }

    pub(super) fn position(&self) -> u64 {
        self.cursor.position()
    }

    pub(super) fn number(&mut self) -> Result<i32> {
        match self.form {
            Form::Big => self.cursor.array().map(i32::from_be_bytes),
            Form::Little => self.cursor.array().map(i32::from_le_bytes),
            Form::Ascii => {
                let at = self.position();
                let word = self.word()?;
                if word == b"NA" {
                    return Ok(i32::MIN);
                }
                let number = std::str::from_utf8(&word).ok().and_then(|word| word.parse().ok());
                number.ok_or_else(|| Fault::broken(at, "has a number that is none"))
            }
        }
    }

    /// Reads how many values follow.
    pub(super) fn length(&mut self) -> Result<u64> {
        let length = self.number()?;
        if length != -1 {
            return Ok(u64::try_from(length).unwrap_or(0));
        }
        let (high, low) = (self.number()?, self.number()?);
        Ok(u64::from(high.cast_unsigned()) << 32 | u64::from(low.cast_unsigned()))
    }

    /// Passes over so many values of this size.
    pub(super) fn skip(&mut self, count: u64, size: u64) -> Result<()> {
        if self.form == Form::Ascii {
            // Bytes stand as two digits, complex numbers as two words.
            let words = count.saturating_mul(if size == 16 { 2 } else { 1 });
            for _ in 0..words {
                self.word()?;
            }
            return Ok(());
        }
        let bytes = count.saturating_mul(size);
        self.room(bytes)?;
        self.cursor.skip(bytes);
        Ok(())
    }

    /// Reads a text of so many bytes, of which the first are given.
    pub(super) fn text(&mut self, length: u64) -> Result<String> {
        if self.form == Form::Ascii {
            return self.escaped(length);
        }
        self.room(length)?;
        let end = self.position() + length;
        let held = usize::try_from(length.min(HELD)).unwrap_or(0);
        let text = self.cursor.take_bytes(held)?;
        self.cursor.go_to(end);
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn room(&self, bytes: u64) -> Result<()> {
        let at = self.position();
        if bytes > self.size.saturating_sub(at) {
            return Err(Fault::broken(at, "has a value that is longer than the file"));
        }
        Ok(())
    }

    fn word(&mut self) -> Result<Vec<u8>> {
        let mut word = Vec::new();
        while let Some(byte) = self.cursor.peek()?.first().copied() {
            let is_blank = byte.is_ascii_whitespace();
            if is_blank && !word.is_empty() {
                break;
            }
            self.cursor.advance(1);
            if !is_blank && word.len() < 64 {
                word.push(byte);
            }
        }
        if word.is_empty() { Err(Fault::Truncated(self.position())) } else { Ok(word) }
    }

    /// Text with escapes as in C, after white space.
    fn escaped(&mut self, length: u64) -> Result<String> {
        while self.cursor.peek()?.first().is_some_and(u8::is_ascii_whitespace) {
            self.cursor.advance(1);
        }
        let mut text = Vec::new();
        for _ in 0..length {
            let mut byte = self.cursor.u8()?;
            if byte == b'\\' {
                byte = self.escape()?;
            }
            if (text.len() as u64) < HELD {
                text.push(byte);
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn escape(&mut self) -> Result<u8> {
        let sign = self.cursor.u8()?;
        if !(b'0'..=b'7').contains(&sign) {
            return Ok(sign);
        }
        let mut value = u32::from(sign - b'0');
        for _ in 0..2 {
            match self.cursor.peek()?.first().copied() {
                Some(digit @ b'0'..=b'7') => {
                    value = value * 8 + u32::from(digit - b'0');
                    self.cursor.advance(1);
                }
                _ => break,
            }
        }
        Ok((value & 0xff) as u8)
    }
}
