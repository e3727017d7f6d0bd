//! Protocol buffers in text form, as pieces.

use nix_ai_model_scan_walk::{Cursor, Result};

/// Bytes of a piece that are kept.
const TOKEN: usize = 16 << 10;

/// A piece of the text.
pub enum Token {
    /// A brace, of a block that begins.
    Open,
    /// Of one that ends.
    Close,
    /// A name, a number of letters.
    Word(String),
    /// A string, its escapes undone.
    Text(String),
    /// Nothing is left.
    End,
}

/// The pieces of a message in text form.
pub struct Tokens<'v> {
    cursor: Cursor<'v>,
}

impl<'v> Tokens<'v> {
    /// Begins where the cursor is.
    pub fn new(cursor: Cursor<'v>) -> Self {
        Self { cursor }
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.cursor.peek()?.first().copied();
        self.cursor.advance(1);
        Ok(byte)
    }

    /// The next piece.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn next(&mut self) -> Result<Token> {
        while let Some(byte) = self.byte()? {
            match byte {
                b'{' | b'<' => return Ok(Token::Open),
                b'}' | b'>' => return Ok(Token::Close),
                b'#' => while !matches!(self.byte()?, None | Some(b'\n')) {},
                b'"' | b'\'' => return Ok(Token::Text(self.text(byte)?)),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => return self.word(byte),
                _ => {}
            }
        }
        Ok(Token::End)
    }

    fn word(&mut self, first: u8) -> Result<Token> {
        let mut word = vec![first];
        while let Some(&byte) = self.cursor.peek()?.first() {
            if !byte.is_ascii_alphanumeric() && byte != b'_' {
                break;
            }
            self.cursor.advance(1);
            if word.len() < TOKEN {
                word.push(byte);
            }
        }
        Ok(Token::Word(String::from_utf8_lossy(&word).into_owned()))
    }

    /// A string behind its quote: escapes are undone, so that names cannot hide
    /// behind them; strings that follow are joined, as parsers do.
    fn text(&mut self, quote: u8) -> Result<String> {
        let (mut text, mut quote) = (Vec::new(), quote);
        loop {
            while let Some(byte) = self.byte()?.filter(|byte| *byte != quote) {
                let byte = if byte == b'\\' { self.escaped()? } else { byte };
                if text.len() < TOKEN {
                    text.push(byte);
                }
            }
            while self.cursor.peek()?.first().is_some_and(u8::is_ascii_whitespace) {
                self.cursor.advance(1);
            }
            match self.cursor.peek()?.first() {
                Some(&next @ (b'"' | b'\'')) => quote = next,
                _ => return Ok(String::from_utf8_lossy(&text).into_owned()),
            }
            self.cursor.advance(1);
        }
    }

    fn escaped(&mut self) -> Result<u8> {
        let Some(byte) = self.byte()? else { return Ok(b'\\') };
        let (radix, most, mut value) = match byte {
            b'n' => return Ok(b'\n'),
            b't' => return Ok(b'\t'),
            b'r' => return Ok(b'\r'),
            b'x' | b'X' => (16, 2, 0),
            b'0'..=b'7' => (8, 2, u32::from(byte - b'0')),
            other => return Ok(other),
        };
        for _ in 0..most {
            let digit =
                self.cursor.peek()?.first().and_then(|byte| char::from(*byte).to_digit(radix));
            let Some(digit) = digit else { break };
            value = value * radix + digit;
            self.cursor.advance(1);
        }
        Ok((value & 0xff) as u8)
    }
}
