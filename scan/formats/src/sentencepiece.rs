//! SentencePiece: pieces of words, how they were trained, and how text is made
//! uniform before it is cut into them.

mod charsmap;
#[cfg(test)]
mod tests;

use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Rule, Scan, quoted};

use crate::foreign::code;
use crate::protobuf::{Sniffed, Span, Value, Wire, sniff};

/// The table of characters.
pub static TABLE: Rule = Rule {
    id: "sentencepiece/false-table",
    level: Level::High,
    title: "Table of characters that leads out of itself",
    why: "The library follows the places in the table without a check, so that text which is cut by it reads memory that is not the table's.",
    advice: "Do not load the model: no trainer writes one like this.",
};

/// Text.
pub static TEXT: Rule = Rule {
    id: "sentencepiece/code-in-text",
    level: Level::Medium,
    title: "Code among the pieces",
    why: "A piece that is a command comes out of a model as one token.",
    advice: "Ask the publisher why it is there.",
};

/// The rules of this module.
pub const RULES: &[&Rule] = &[&TABLE, &TEXT];

/// Bytes of the table that are read; the greatest there is has a few hundred
/// thousand.
const CHARSMAP: u64 = 8 << 20;

/// Reads models.
pub struct SentencePiece;

impl Reader for SentencePiece {
    fn format(&self) -> &'static str {
        "SentencePiece model"
    }

    fn recognises(&self, head: &Head) -> bool {
        if !head.begins_with(b"\n") {
            return false;
        }
        let Some(fields) = sniff(&head.begin, head.size) else { return false };
        let pieces = fields.iter().take_while(|(number, _)| *number == 1).take(3);
        pieces.clone().count() > 0
            && pieces.into_iter().all(|(_, value)| match value {
                Sniffed::Bytes(piece) => is_piece(piece),
                Sniffed::Number(_) => false,
            })
            && fields.iter().all(|(number, _)| matches!(number, 1..=5 | 200..))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut wire = Wire::new(part)?;
        let (mut left, mut told) = (wire.whole(), 0);
        while let Some(field) = wire.next(&mut left)? {
            scan.budget.step(1)?;
            match (field.number, field.value) {
                (1, Value::Bytes(span)) => {
                    let Some(text) = piece(&mut wire, span)? else { continue };
                    if let Some(what) = code(&text).filter(|_| told < 8) {
                        told += 1;
                        let message = format!("the piece {} is {what}", quoted(&text));
                        scan.find(part, TEXT.found(message).at(span.begin));
                    }
                }
                (3 | 5, Value::Bytes(span)) => normalizer(&mut wire, span, part, scan)?,
                (_, Value::Bytes(span)) if field.number > 5 => {
                    wire.hand_over(span, part, scan)?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a message is a piece: its text, perhaps its score and kind.
fn is_piece(piece: &[u8]) -> bool {
    let Some(fields) = sniff(piece, Some(piece.len() as u64)) else { return false };
    let has_text = matches!(fields.first(), Some((1, Sniffed::Bytes(text))) if std::str::from_utf8(text).is_ok());
    has_text
        && fields.iter().all(|(number, value)| match (number, value) {
            (1, Sniffed::Bytes(_)) => true,
            (3, Sniffed::Number(kind)) => (1..=6).contains(kind),
            _ => false,
        })
        // The score is four bytes behind the text.
        && piece.windows(1).any(|tag| tag[0] == 0x15)
}

/// The text of a piece, where it is long enough to be more.
fn piece(wire: &mut Wire<'_>, mut left: Span) -> Result<Option<String>> {
    if left.length() < 24 {
        return Ok(None);
    }
    while let Some(field) = wire.next(&mut left)? {
        if let (1, Value::Bytes(span)) = (field.number, field.value) {
            return wire.text(span).map(Some);
        }
    }
    Ok(None)
}

fn normalizer<'a>(
    wire: &mut Wire<'_>,
    mut left: Span,
    part: &Part<'a>,
    scan: &mut Scan<'a>,
) -> Result<()> {
    while let Some(field) = wire.next(&mut left)? {
        let (2, Value::Bytes(span)) = (field.number, field.value) else { continue };
        if span.length() > CHARSMAP {
            return Err(Fault::Limit("bytes of a table of characters"));
        }
        let table = wire.bytes(span, CHARSMAP)?;
        scan.budget.step(table.len() as u64 / 4)?;
        if let Some(what) = charsmap::lie(&table) {
            scan.find(part, TABLE.found(format!("the table of characters {what}")).at(span.begin));
        }
    }
    Ok(())
}
