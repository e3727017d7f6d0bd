/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier or keyword.
    Name,
    /// A number.
    Number,
    /// A string literal with its prefix and quotes.
    Text,
    /// An operator or delimiter.
    Sign,
}

/// A token of Python or Jinja.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
    /// Where, in bytes from the text's begin.
    pub(crate) at: usize,
}

impl Token<'_> {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::Text
    }
}

/// A logical line: a statement, or several with `:` between them.
#[derive(Debug, Default)]
pub(crate) struct Line<'s> {
    pub(crate) tokens: Vec<Token<'s>>,
    /// Columns of white space before it.
    pub(crate) indent: usize,
    /// Whether tokens were left out because there were too many.
    pub(crate) is_cut: bool,
}

/// Tokens of one line after which plain elements of displays are left out:
/// tables of numbers are data.
const DENSE: usize = 50_000;
/// Tokens of one line that are kept.
const MOST: usize = 400_000;

/// Splits a text into logical lines and tokens.
pub(crate) struct Lexer<'s> {
    text: &'s str,
    next: usize,
    /// Open brackets.
    depth: usize,
    /// The indentation of the physical line that is being read.
    indent: usize,
    at_begin: bool,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(text: &'s str) -> Self {
        Self { text, next: 0, depth: 0, indent: 0, at_begin: true }
    }

    /// All tokens as one line, line ends being white space.
    pub(crate) fn expression(text: &'s str) -> Line<'s> {
        let mut lexer = Self { depth: 1, at_begin: false, ..Self::new(text) };
        let mut line = Line::default();
        while let Some(token) = lexer.token() {
            lexer.depth = lexer.depth.max(1);
            keep(&mut line, token);
        }
        line
    }

    /// The next logical line, into `line`; false at the end.
    pub(crate) fn line(&mut self, line: &mut Line<'s>) -> bool {
        line.tokens.clear();
        line.is_cut = false;
        while let Some(token) = self.token() {
            if token.text == "\n" || token.text == ";" && self.depth == 0 {
                if !line.tokens.is_empty() {
                    return true;
                }
                continue;
            }
            if line.tokens.is_empty() {
                line.indent = self.indent;
            }
            keep(line, token);
        }
        !line.tokens.is_empty()
    }

    fn rest(&self) -> &'s str {
        &self.text[self.next..]
    }

    fn token(&mut self) -> Option<Token<'s>> {
        loop {
            if self.at_begin {
                self.measure();
            }
            let first = self.rest().chars().next()?;
            let at = self.next;
            match first {
                // A carriage return alone ends a line, too.
                '\n' | '\r' if self.depth == 0 => {
                    self.next += 1;
                    self.at_begin = true;
                    return Some(Token { kind: Kind::Sign, text: "\n", at });
                }
                '#' => {
                    self.next += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
                }
                '\\' if self.rest()[1..].starts_with("\r\n") => self.next += 3,
                '\\' if self.rest()[1..].starts_with(['\n', '\r']) => self.next += 2,
                c if c.is_whitespace() || c == '\\' || c == '\u{feff}' => self.next += c.len_utf8(),
                _ => break,
            }
        }
        let at = self.next;
        let (kind, length) = measure(self.rest());
        self.next += length;
        let text = &self.text[at..self.next];
        match text {
            "(" | "[" | "{" => self.depth += 1,
            ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Some(Token { kind, text, at })
    }

    /// Measures the white space that begins a line.
    fn measure(&mut self) {
        self.at_begin = false;
        self.indent = 0;
        for byte in self.rest().bytes() {
            match byte {
                b' ' => self.indent += 1,
                b'\t' => self.indent = self.indent / 8 * 8 + 8,
                b'\x0c' => self.indent = 0,
                _ => break,
            }
            self.next += 1;
        }
    }
}

/// Keeps a token, unless it is one more element of a long table.
fn keep<'s>(line: &mut Line<'s>, token: Token<'s>) {
    if line.tokens.len() >= DENSE
        && token.is(",")
        && let Some(begin) = plain_element(&line.tokens)
    {
        line.tokens.truncate(begin);
        return;
    }
    if line.tokens.len() < MOST {
        line.tokens.push(token);
    } else {
        line.is_cut = true;
    }
}

/// Where the last element of a display begins, behind the comma before it, where
/// it is a literal: numbers and strings, alone or in displays of their own.
fn plain_element(tokens: &[Token<'_>]) -> Option<usize> {
    const LONGEST: usize = 64;
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().rev().take(LONGEST) {
        match (token.kind, token.text) {
            (Kind::Sign, "," | ":") if depth > 0 => {}
            (Kind::Sign, ",") => return Some(place + 1),
            (Kind::Sign, ")" | "]" | "}") => depth += 1,
            (Kind::Sign, "(" | "[" | "{") => {
                depth = depth.checked_sub(1)?;
                // Behind a name or another value they call it, or ask for an item.
                let before = tokens.get(place.checked_sub(1)?)?;
                if before.kind != Kind::Sign || matches!(before.text, ")" | "]" | "}") {
                    return None;
                }
            }
            (Kind::Sign, "-" | "+" | ":") | (Kind::Number, _) => {}
            (Kind::Name, "None" | "True" | "False") => {}
            (Kind::Text, text) if !is_formatted(text) => {}
            _ => return None,
        }
    }
    None
}

/// Whether a string literal has expressions in it.
fn is_formatted(text: &str) -> bool {
    let prefix = text.bytes().take(2).take_while(u8::is_ascii_alphabetic);
    prefix.into_iter().any(|byte| b"fFtT".contains(&byte))
}

/// The kind and length of the token that `rest` begins with.
fn measure(rest: &str) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    let prefix = bytes.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    if prefix <= 2
        && matches!(bytes.get(prefix), Some(b'"' | b'\''))
        && bytes[..prefix].iter().all(|byte| b"rRbBuUfFtT".contains(byte))
    {
        return (Kind::Text, prefix + literal(&rest[prefix..], &bytes[..prefix]));
    }
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_alphabetic() || first == '_' || !first.is_ascii() {
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || !c.is_ascii()));
        return (Kind::Name, length.unwrap_or(rest.len()));
    }
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if digit(0) || first == '.' && digit(1) {
        let length = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte == b'.');
        return (Kind::Number, length.count());
    }
    const SIGNS: &[&str] = &[
        "**=", "//=", ">>=", "<<=", "...", "!=", "==", "<=", ">=", "->", ":=", "+=", "-=", "*=",
        "/=", "%=", "&=", "|=", "^=", "@=", "**", "//", "<<", ">>", "<>",
    ];
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    (Kind::Sign, sign.map_or(first.len_utf8(), |sign| sign.len()))
}

/// The length of a string literal from its first quote on. One that is not
/// closed ends with its line.
fn literal(rest: &str, prefix: &[u8]) -> usize {
    let bytes = rest.as_bytes();
    let quote = bytes[0];
    let formatted = prefix.iter().any(|byte| b"fFtT".contains(byte));
    let triple = bytes.len() >= 3 && bytes[1] == quote && bytes[2] == quote;
    let mut at = if triple { 3 } else { 1 };
    let mut depth = 0_usize;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1 + bytes.get(at + 1).map_or(0, |_| character(bytes, at + 1)),
            b'\n' | b'\r' if !triple => return at,
            b'{' if formatted && bytes.get(at + 1) == Some(&b'{') && depth == 0 => at += 2,
            b'{' if formatted => (depth, at) = (depth + 1, at + 1),
            b'}' if formatted => (depth, at) = (depth.saturating_sub(1), at + 1),
            // Since Python 3.12 the quote may be used within the braces.
            byte if *byte == quote && depth > 0 && !triple && reopens(bytes, at, quote) => {
                at = bytes[at + 1..]
                    .iter()
                    .position(|byte| *byte == quote || *byte == b'\n')
                    .map_or(bytes.len(), |past| at + past + 2);
            }
            byte if *byte == quote && !triple => return at + 1,
            byte if *byte == quote && bytes[at..].starts_with(&[quote; 3]) => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Whether a quote within the braces of a formatted string begins a string of
/// its own: the line closes the braces after another quote.
fn reopens(bytes: &[u8], at: usize, quote: u8) -> bool {
    let line = bytes[at + 1..].iter().take(80).take_while(|byte| **byte != b'\n');
    let mut quotes = 0;
    for byte in line {
        match byte {
            byte if *byte == quote => quotes += 1,
            b'}' if quotes == 1 => return true,
            _ => {}
        }
    }
    false
}

fn character(bytes: &[u8], at: usize) -> usize {
    // Steps over a whole character, so that the end stays on a boundary.
    1 + bytes[at + 1..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count()
}
