use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Part, Reader, Result, Scan};

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
        head.name == "keras_metadata.pb" || head.begins_with(b"\x0a") && head.holds(&["_tf_keras_"])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        descend(part, (0, part.view().size()?), &[1, 5], scan, &mut 0)
    }
}

/// `saved_model.pb`, in whose graph of objects the configurations of layers are
/// as well. The rest of it is another reader's, which says where it is broken.
pub struct SavedObjects;

impl Reader for SavedObjects {
    fn format(&self) -> &'static str {
        "saved model"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(&[0x08, 0x01, 0x12])
            || head.name == "saved_model.pb" && head.begins_with(&[0x12])
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        // Graphs, their objects, what users' objects say of themselves.
        match descend(part, (0, part.view().size()?), &[2, 7, 1, 4, 3], scan, &mut 0) {
            Err(Fault::Broken { .. } | Fault::Truncated(_)) => Ok(()),
            read => read,
        }
    }
}

/// Hands over each field that this path of numbers leads to.
fn descend<'a>(
    part: &Part<'a>,
    (begin, end): (u64, u64),
    path: &[u64],
    scan: &mut Scan<'a>,
    count: &mut u64,
) -> Result<()> {
    let Some((wanted, rest)) = path.split_first() else {
        *count += 1;
        let json = Range::new(part.view().clone(), begin, (end - begin).min(MOST));
        scan.part(&part.excerpt(&format!("node {count} model_config"), Rc::new(json)));
        return Ok(());
    };
    let mut cursor = part.cursor();
    cursor.go_to(begin);
    while cursor.position() < end {
        scan.budget.step(16)?;
        let inner = field(&mut cursor, end)?;
        if let (true, Some((begin, length))) = (inner.number == *wanted, inner.bytes) {
            descend(part, (begin, begin + length), rest, scan, count)?;
        }
    }
    Ok(())
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
