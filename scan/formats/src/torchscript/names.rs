//! The names of code in torch's language: words joined by dots, wherever white
//! space and comments stand between them. Texts and comments are passed over.

use nix_ai_model_scan_walk::{Cursor, Result, Scan};

/// Bytes of a name that are held.
const HELD: usize = 512;

/// A name with its dots.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    /// Where it begins, in bytes.
    pub(super) at: u64,
    /// Whether an opening parenthesis follows.
    pub(super) is_called: bool,
    /// Whether it is declared rather than used: a colon or `=` follows.
    pub(super) is_declared: bool,
    /// Whether it is the word of an import, which this language has not.
    pub(super) is_import: bool,
}

pub(super) struct Names<'v> {
    cursor: Cursor<'v>,
    /// The sign before the next name that is no white space.
    before: u8,
    /// Whether only white space came since the line began.
    at_begin: bool,
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'v> Names<'v> {
    pub(super) fn new(cursor: Cursor<'v>) -> Self {
        Self { cursor, before: 0, at_begin: true }
    }

    /// The next name; `None` at the end.
    pub(super) fn next(&mut self, scan: &mut Scan<'_>) -> Result<Option<Name>> {
        let mut steps = 0_u64;
        while let Some(byte) = self.look()? {
            steps += 1;
            if steps.is_multiple_of(4096) {
                scan.budget.step(64)?;
            }
            match byte {
                b'#' => self.comment()?,
                b'"' | b'\'' => self.literal(byte)?,
                byte if is_of_word(byte) => {
                    scan.budget.step(1)?;
                    let is_whole = self.before != b'.';
                    let name = self.name()?;
                    // An attribute of something that is no name is no operator.
                    if is_whole {
                        return Ok(Some(name));
                    }
                }
                b'\n' => {
                    self.at_begin = true;
                    self.cursor.advance(1);
                }
                byte => {
                    if !byte.is_ascii_whitespace() {
                        self.before = byte;
                        self.at_begin = false;
                    }
                    self.cursor.advance(1);
                }
            }
        }
        Ok(None)
    }

    fn look(&mut self) -> Result<Option<u8>> {
        Ok(self.cursor.peek()?.first().copied())
    }

    fn comment(&mut self) -> Result<()> {
        while self.look()?.is_some_and(|byte| byte != b'\n') {
            self.cursor.advance(1);
        }
        Ok(())
    }

    /// Passes over a text, of one line or of three quotes.
    fn literal(&mut self, quote: u8) -> Result<()> {
        self.before = quote;
        self.at_begin = false;
        let mut quotes = 0;
        while quotes < 3 && self.look()? == Some(quote) {
            quotes += 1;
            self.cursor.advance(1);
        }
        let (wanted, mut met) = match quotes {
            2 => return Ok(()),
            quotes => (quotes, 0),
        };
        while let Some(byte) = self.look()? {
            self.cursor.advance(1);
            match byte {
                b'\\' => {
                    let escaped = usize::from(self.look()?.is_some());
                    self.cursor.advance(escaped);
                }
                // It does not end: what follows is read as code.
                b'\n' if wanted == 1 => return Ok(()),
                byte if byte == quote => met += 1,
                _ => met = 0,
            }
            if met == wanted {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Passes over what may stand between the words of a name.
    fn blank(&mut self) -> Result<bool> {
        let mut is_line = false;
        while let Some(byte) = self.look()? {
            match byte {
                b'#' => self.comment()?,
                b'\n' => {
                    is_line = true;
                    self.cursor.advance(1);
                }
                b' ' | b'\t' | b'\r' | b'\\' | 0x0c => self.cursor.advance(1),
                _ => break,
            }
        }
        Ok(is_line)
    }

    fn name(&mut self) -> Result<Name> {
        let (at, mut text, is_first) = (self.cursor.position(), Vec::new(), self.at_begin);
        if self.before == b'^' {
            text.push(b'^');
        }
        loop {
            while let Some(byte) = self.look()?.filter(|byte| is_of_word(*byte)) {
                if text.len() < HELD {
                    text.push(byte);
                }
                self.cursor.advance(1);
            }
            self.at_begin = self.blank()?;
            if self.look()? != Some(b'.') {
                break;
            }
            self.cursor.advance(1);
            self.blank()?;
            text.push(b'.');
            if text.len() > 2 * HELD || !self.look()?.is_some_and(is_of_word) {
                break;
            }
        }
        self.before = b'a';
        let follows = self.look()?.unwrap_or(0);
        let text = String::from_utf8_lossy(&text).into_owned();
        let is_word = matches!(text.as_str(), "import" | "from");
        Ok(Name {
            is_import: is_first && is_word && is_of_word(follows) && !self.at_begin,
            is_called: follows == b'(' && !self.at_begin,
            is_declared: matches!(follows, b':' | b'='),
            text,
            at,
        })
    }
}
