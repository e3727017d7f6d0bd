//! JSON as a stream of its leaves: nothing of it is held but the way to the
//! leaf that is read, so that size and depth cost nothing.

use nix_ai_model_scan_walk::{Cursor, Part, Result, Scan};

use crate::config::{self, Path, Scalar, Step};

/// Depth that is followed; what lies deeper is passed over.
const DEEPEST: usize = 256;
/// Bytes of one string that are kept.
const LONGEST: usize = 1 << 20;

/// What ended the reading of a text that is no JSON to its end.
pub(crate) struct Broken;

/// Hands every leaf of a JSON text to `visit`.
pub(crate) fn leaves(
    part: &Part<'_>,
    scan: &mut Scan<'_>,
    visit: &mut dyn FnMut(&Path, &Scalar<'_>, &mut Scan<'_>) -> Result<()>,
) -> Result<std::result::Result<(), Broken>> {
    let mut reader = Reader { cursor: part.cursor(), text: Vec::new(), is_cut: false };
    let mut path = Path::default();
    let mut skipped = 0_usize;
    let mut steps = 0_u64;
    loop {
        steps += 1;
        if steps.is_multiple_of(4096) {
            scan.budget.step(4096)?;
        }
        let Some(byte) = reader.next()? else {
            return Ok(if path.steps.is_empty() { Ok(()) } else { Err(Broken) });
        };
        match byte {
            b'{' | b'[' if path.steps.len() >= DEEPEST => skipped += 1,
            b'}' | b']' if skipped > 0 => skipped -= 1,
            b'{' => path.steps.push(Step::Key(String::new())),
            b'[' => path.steps.push(Step::Item(0)),
            b'}' | b']' => {
                path.steps.pop();
            }
            b',' => {
                if let (0, Some(Step::Item(place))) = (skipped, path.steps.last_mut()) {
                    *place += 1;
                }
            }
            b'"' => {
                reader.string()?;
                let text = String::from_utf8_lossy(&reader.text).into_owned();
                let is_key = reader.peek()? == Some(b':');
                match path.steps.last_mut() {
                    Some(Step::Key(key)) if is_key && skipped == 0 => {
                        key.clear();
                        key.push_str(text.get(..text.len().min(256)).unwrap_or_default());
                    }
                    _ if !is_key => visit(&path, &Scalar::Text(&text), scan)?,
                    _ => {}
                }
            }
            b't' => visit(&path, &Scalar::True, scan)?,
            b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            byte if byte.is_ascii_alphanumeric() || b"-+.".contains(&byte) => {}
            // Python's parser takes comments for errors; others read on.
            b'/' | b'\\' | 0xef | 0xbb | 0xbf => {}
            _ => return Ok(Err(Broken)),
        }
    }
}

struct Reader<'v> {
    cursor: Cursor<'v>,
    text: Vec<u8>,
    is_cut: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Option<u8>> {
        let byte = self.cursor.peek()?.first().copied();
        self.cursor.advance(1);
        // Letters of `true`, `false` and `null` follow the first.
        if byte.is_some_and(|byte| byte.is_ascii_alphabetic()) {
            while self.cursor.peek()?.first().is_some_and(u8::is_ascii_alphabetic) {
                self.cursor.advance(1);
            }
        }
        Ok(byte)
    }

    /// The next byte that is no white space, which is left.
    fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let byte = self.cursor.peek()?.first().copied();
            match byte {
                Some(byte) if byte.is_ascii_whitespace() => self.cursor.advance(1),
                byte => return Ok(byte),
            }
        }
    }

    /// A string from behind its first quote on, without its escapes.
    fn string(&mut self) -> Result<()> {
        self.text.clear();
        self.is_cut = false;
        loop {
            let held = self.cursor.peek()?;
            if held.is_empty() {
                return Ok(());
            }
            let plain = held.iter().position(|byte| matches!(byte, b'"' | b'\\'));
            let length = plain.unwrap_or(held.len());
            let room = LONGEST.saturating_sub(self.text.len());
            self.is_cut |= length > room;
            self.text.extend_from_slice(&held[..length.min(room)]);
            self.cursor.advance(length);
            match plain {
                None => {}
                Some(_) if self.next()? == Some(b'"') => return Ok(()),
                Some(_) => self.escape()?,
            }
        }
    }

    fn escape(&mut self) -> Result<()> {
        let Some(kind) = self.cursor.peek()?.first().copied() else { return Ok(()) };
        self.cursor.advance(1);
        let plain = match kind {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'u' => self.unit()?,
            byte => char::from(byte),
        };
        if self.text.len() < LONGEST {
            self.text.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Ok(())
    }

    /// `XXXX`, and `\uXXXX` where it is one of a pair.
    fn unit(&mut self) -> Result<char> {
        let first = self.digits()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) && self.cursor.peek()?.starts_with(b"\\u") {
            self.cursor.advance(2);
            units.push(self.digits()?);
        }
        let made = char::decode_utf16(units).next();
        Ok(made.and_then(std::result::Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn digits(&mut self) -> Result<u16> {
        let mut number = 0;
        for _ in 0..4 {
            let byte = self.cursor.peek()?.first().copied().unwrap_or(b'"');
            let Some(digit) = char::from(byte).to_digit(16) else { break };
            number = number * 16 + digit as u16;
            self.cursor.advance(1);
        }
        Ok(number)
    }
}

/// Reads JSON configurations.
pub(crate) struct Json;

impl nix_ai_model_scan_walk::Reader for Json {
    fn format(&self) -> &'static str {
        "JSON text"
    }

    fn recognises(&self, head: &nix_ai_model_scan_walk::Head) -> bool {
        let begin = head.begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head.begin);
        let text = begin.trim_ascii_start();
        // More white space than is looked at: what comes may be anything.
        if text.is_empty() && begin.len() + 3 >= nix_ai_model_scan_walk::Head::BEGIN {
            return true;
        }
        let second = text.get(1..).unwrap_or_default().trim_ascii_start();
        matches!(
            (text.first(), second.first()),
            (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'"' | b'{' | b'[' | b']'))
        ) || head.is_named(&[".json", ".ipynb"]) && matches!(text.first(), Some(b'{' | b'['))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut judge = config::Judge::new(part.clone());
        let mut texts = Vec::new();
        let broken = leaves(part, scan, &mut |path, scalar, scan| {
            judge.leaf(path, scalar, scan, &mut texts)
        })?;
        // No loader takes what is broken; what came before is judged.
        let _ = broken;
        config::parts(part, texts, scan);
        judge.end(scan)
    }
}
