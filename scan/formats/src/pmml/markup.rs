use nix_ai_model_scan_walk::{Cursor, Result, Scan, View};

/// Bytes of one mark or text that are held; longer ones come in pieces.
const HELD: usize = 16 << 10;

/// What stands between `<` and `>`, or a text between two of these.
pub(super) struct Mark {
    pub(super) text: String,
    /// Whether it is a mark.
    pub(super) is_mark: bool,
    /// Where it begins, in bytes.
    pub(super) at: u64,
}

/// The marks and texts of an XML document, one after the other, however it is
/// nested. Declarations within a document type are marks as well.
pub(super) struct Markup<'v> {
    cursor: Cursor<'v>,
    /// Bytes of a character, and which of them is the one that counts.
    unit: (usize, usize),
    in_mark: bool,
}

/// Text without the zeros of wider characters, and without marks of their
/// order.
pub(super) fn plain(begin: &[u8]) -> Vec<u8> {
    begin
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, 0 | 0xef | 0xbb | 0xbf | 0xfe | 0xff))
        .collect()
}

impl<'v> Markup<'v> {
    pub(super) fn new(view: &'v dyn View) -> Result<Self> {
        let unit = match *view.bytes(0, 4)? {
            [0xff, 0xfe, ..] | [b'<', 0, ..] => (2, 0),
            [0xfe, 0xff, ..] | [0, b'<', ..] => (2, 1),
            _ => (1, 0),
        };
        Ok(Self { cursor: Cursor::new(view), unit, in_mark: false })
    }

    /// The next mark or text that is not blank; `None` at the end.
    pub(super) fn next(&mut self, scan: &mut Scan<'_>) -> Result<Option<Mark>> {
        loop {
            let (at, is_mark) = (self.cursor.position(), self.in_mark);
            let mut bytes = Vec::new();
            let mut ended = true;
            while let Some(byte) = self.byte()? {
                ended = false;
                let is_end = if self.in_mark { matches!(byte, b'>' | b'[') } else { byte == b'<' };
                if byte == b'<' {
                    self.in_mark = true;
                    if is_end || bytes.is_empty() {
                        break;
                    }
                }
                if is_end {
                    // What is declared within a document type follows "[".
                    if byte == b'[' {
                        bytes.push(byte);
                    }
                    self.in_mark = false;
                    break;
                }
                bytes.push(byte);
                if bytes.len() >= HELD {
                    break;
                }
            }
            scan.budget.step(1 + bytes.len() as u64 / 32)?;
            if ended {
                return Ok(None);
            }
            let text = String::from_utf8_lossy(&bytes).trim().to_owned();
            if !text.is_empty() {
                return Ok(Some(Mark { text, is_mark, at }));
            }
        }
    }

    /// The next character that is one byte, others cut to one.
    fn byte(&mut self) -> Result<Option<u8>> {
        let (size, place) = self.unit;
        if size == 1 {
            let byte = self.cursor.peek()?.first().copied();
            self.cursor.advance(1);
            return Ok(byte);
        }
        if self.cursor.is_at_end()? {
            return Ok(None);
        }
        let pair = self.cursor.array::<2>();
        Ok(pair.ok().and_then(|pair| pair.get(place).copied()))
    }
}
