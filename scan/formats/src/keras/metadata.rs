use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Part, Reader, Result, Scan};

use super::holds;

/// Bytes of a configuration that are taken for one.
const MOST: u64 = 1 << 30;

/// `keras_metadata.pb`: a protocol buffer with the configuration of each layer
/// of a saved model as JSON.
pub struct Metadata;

/// A field of a message: its number, and its bytes where it has a length.
struct Field {
    number: u64,
    bytes: Option<(u64, u64)>,
}

impl Reader for Metadata {
    fn format(&self) -> &'static str {
        "Keras metadata"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.name == "keras_metadata.pb"
            || head.begins_with(b"\x0a") && holds(&head.begin, &["_tf_keras_"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut cursor = part.cursor();
        let mut number = 0_u64;
        while cursor.position() < size {
            let node = field(&mut cursor, size)?;
            scan.budget.step(16)?;
            let Some((begin, length)) = node.bytes.filter(|_| node.number == 1) else { continue };
            let mut within = part.cursor();
            within.go_to(begin);
            while within.position() < begin + length {
                let inner = field(&mut within, begin + length)?;
                // The configuration; numbers of other messages mean nothing here.
                if let (5, Some((begin, length))) = (inner.number, inner.bytes) {
                    number += 1;
                    let json = Range::new(part.view().clone(), begin, length.min(MOST));
                    let name = format!("node {number} model_config");
                    scan.part(&part.excerpt(&name, std::rc::Rc::new(json)));
                }
            }
        }
        Ok(())
    }
}

fn field(cursor: &mut Cursor<'_>, end: u64) -> Result<Field> {
    let at = cursor.position();
    let tag = varint(cursor)?;
    let number = tag >> 3;
    let length = match tag & 7 {
        0 => {
            varint(cursor)?;
            return Ok(Field { number, bytes: None });
        }
        1 => 8,
        2 => varint(cursor)?,
        5 => 4,
        _ => return Err(Fault::broken(at, "has a field of no known kind")),
    };
    let begin = cursor.position();
    if length > end.saturating_sub(begin) {
        return Err(Fault::broken(at, "has a field that is longer than what it is in"));
    }
    cursor.skip(length);
    Ok(Field { number, bytes: Some((begin, length)) })
}

fn varint(cursor: &mut Cursor<'_>) -> Result<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = cursor.u8()?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Fault::broken(cursor.position(), "has a number that is too long"))
}
