//! The same graphs as text, `.pbtxt`: read as tokens, in blocks of braces.

use nix_ai_model_scan_walk::{Cursor, Fault, Head, Part, Reader, Result, Scan, quoted};

use super::{operators, rules};
use crate::foreign::code;

/// Bytes of a token that are kept.
const TOKEN: usize = 16 << 10;
/// Blocks within blocks that are read.
const DEPTH: usize = 256;
/// Strings of a node that are held.
const STRINGS: usize = 64;

/// Reads graphs as text.
pub struct TextGraph;

impl Reader for TextGraph {
    fn format(&self) -> &'static str {
        "TensorFlow graph in text form"
    }

    fn recognises(&self, head: &Head) -> bool {
        let named = head.is_named(&[".pbtxt", ".prototxt", ".pb.txt"]);
        let graph = ["saved_model_schema_version", "meta_graphs", "graph_def", "node_def"];
        // Code and its documents speak of graphs.
        let speaks = head.is_named(&[".py", ".pyi", ".md", ".rst", ".ipynb", ".proto"]);
        head.is_text()
            && !speaks
            && (named
                || head.holds(&graph) && head.holds(&["{"])
                || head.holds(&["node {"]) && head.holds(&["op: \""]))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut tokens = Tokens { cursor: part.cursor() };
        let mut blocks = vec![Block::default()];
        let mut key = String::new();
        loop {
            scan.budget.step(1)?;
            match tokens.next()? {
                Token::End => break,
                Token::Open => {
                    if blocks.len() >= DEPTH {
                        return Err(Fault::Limit("blocks within blocks"));
                    }
                    blocks.push(Block::default());
                }
                Token::Close => close(&mut blocks, part, scan),
                Token::Word(word) => {
                    if word == "python_param" {
                        let message = "A layer of Caffe is a Python class that the network names";
                        scan.find(part, rules::CODE_OPERATOR.found(message));
                    }
                    key = word;
                }
                Token::Text(text) => {
                    let Some(block) = blocks.last_mut() else { continue };
                    if key == "op" {
                        block.operator = text;
                    } else if block.strings.len() < STRINGS {
                        block.strings.push((key.clone(), text));
                    }
                }
            }
        }
        while blocks.len() > 1 {
            close(&mut blocks, part, scan);
        }
        close(&mut blocks, part, scan);
        Ok(())
    }
}

/// What a block of braces holds, blocks within it included until a node ends.
#[derive(Default)]
struct Block {
    operator: String,
    strings: Vec<(String, String)>,
}

fn close(blocks: &mut Vec<Block>, part: &Part<'_>, scan: &mut Scan<'_>) {
    let Some(mut block) = blocks.pop() else { return };
    for (_, text) in &block.strings {
        if let Some(what) = code(text) {
            let message = format!("A string holds {what}: {}", quoted(text));
            scan.find(part, rules::CODE.found(message));
        }
    }
    if block.operator.is_empty() {
        // Attributes belong to the node that they are in.
        if let Some(outer) = blocks.last_mut() {
            let room = STRINGS.saturating_sub(outer.strings.len());
            outer.strings.extend(block.strings.drain(..).take(room));
        } else {
            blocks.push(block);
        }
        return;
    }
    if let Some(found) = operators::judge(&block.operator) {
        scan.find(part, found);
    }
    for (key, text) in &block.strings {
        if let Some(found) = operators::judge_string(&block.operator, key, text) {
            scan.find(part, found);
        }
    }
    if blocks.is_empty() {
        blocks.push(Block::default());
    }
}

enum Token {
    Open,
    Close,
    Word(String),
    Text(String),
    End,
}

struct Tokens<'v> {
    cursor: Cursor<'v>,
}

impl Tokens<'_> {
    fn byte(&mut self) -> Result<Option<u8>> {
        let byte = self.cursor.peek()?.first().copied();
        self.cursor.advance(1);
        Ok(byte)
    }

    fn next(&mut self) -> Result<Token> {
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
