//! Tables of Arrow: files, streams, Feather, and the schema within Parquet. Of
//! the columns, values that are pickles are read; and what a schema's extension
//! types carry, since some libraries unpickle it as soon as a file is opened.

mod parquet;
#[cfg(test)]
mod tests;
mod values;

pub use parquet::Parquet;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Memory;
use nix_ai_model_scan_walk::{Fault, Head, Level, Part, Reader, Result, Rule, Scan, View, quoted};

use crate::flatbuffer::{Flat, Table};

/// An extension type.
pub static EXTENSION: Rule = Rule {
    id: "arrow/pickled-extension",
    level: Level::High,
    title: "Arrow column of a pickled type",
    why: "The type of the column is a pickle. PyArrow before 14.0.1, and later versions that are told to, unpickle it when the file is opened, which runs what it calls.",
    advice: "Do not open the table. Ask the publisher for one of plain columns.",
};

/// All of them, by id.
pub const RULES: &[&Rule] = &[&EXTENSION];

/// What an Arrow file begins and ends with.
const MAGIC: &[u8] = b"ARROW1";
/// What a message begins with.
const CONTINUES: [u8; 4] = [0xff; 4];
/// Bytes of a schema that are read.
const SCHEMA: u32 = 16 << 20;
/// Fields and their metadata that are looked at.
const ITEMS: u64 = 200_000;
/// Fields within fields.
const DEPTH: u32 = 64;
/// Bytes of metadata that are handed over, and of all together.
const METADATA: u32 = 1 << 20;
const ALL_METADATA: u64 = 64 << 20;
/// Types whose columns or metadata are pickles by design.
const PICKLED: &[&str] = &["arrow.py_extension_type", "ray.data.arrow_pickled_object"];

/// Reads Arrow files and streams.
pub struct Arrow;

impl Reader for Arrow {
    fn format(&self) -> &'static str {
        "Arrow table"
    }

    fn recognises(&self, head: &Head) -> bool {
        head.begins_with(b"ARROW1\0\0") || is_message(&head.begin)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let view = part.view();
        let is_file = view.bytes(0, MAGIC.len())? == MAGIC;
        let begin = if is_file { 8 } else { 0 };
        schema(&message(&**view, begin)?, MESSAGE, part, scan)?;
        values::judge(part, scan)?;
        if !is_file {
            return Ok(());
        }
        // Files are opened by their footer, whose schema may be another one.
        let size = view.size()?;
        let Some(tail) = size.checked_sub(10) else { return Err(Fault::Truncated(size)) };
        let [a, b, c, d, magic @ ..] = nix_ai_model_scan_walk::view::array::<10>(&**view, tail)?;
        let length = u32::from_le_bytes([a, b, c, d]);
        if magic != MAGIC {
            return Err(Fault::broken(tail, "does not end as one"));
        }
        let begin = tail.checked_sub(length.into());
        let begin = begin.ok_or_else(|| Fault::broken(tail, "has a footer that is too long"))?;
        if length > SCHEMA {
            return Err(Fault::Limit("bytes of a schema"));
        }
        schema(&view.bytes(begin, length as usize)?, FOOTER, part, scan)
    }
}

/// Where in a message, and in a footer, the schema is.
const MESSAGE: u16 = 2;
const FOOTER: u16 = 1;

/// Whether a stream begins like this: a message of a sane length whose header
/// is a schema.
fn is_message(begin: &[u8]) -> bool {
    let (length, body) = match begin {
        [0xff, 0xff, 0xff, 0xff, a, b, c, d, body @ ..] => ([*a, *b, *c, *d], body),
        [a, b, c, d, body @ ..] => ([*a, *b, *c, *d], body),
        _ => return false,
    };
    let length = u32::from_le_bytes(length) as usize;
    if !(32..=SCHEMA as usize).contains(&length) || !length.is_multiple_of(4) || body.len() < 32 {
        return false;
    }
    let view = Memory::new(&body[..body.len().min(length)]);
    let Ok(flat) = Flat::new(&view) else { return false };
    let header = flat.root().and_then(|root| {
        let version = flat.field(root, 0)?;
        let version = version.map_or(Ok(0), |place| flat.u32(place).map(|four| four & 0xffff))?;
        let is_schema = flat.byte(root, 1)? == 1 && version <= 4 && flat.long(root, 3)? == 0;
        Ok(is_schema && flat.inner(root, MESSAGE)?.is_some())
    });
    header == Ok(true)
}

/// The flat buffer of the message at this place.
fn message(view: &dyn View, place: u64) -> Result<Vec<u8>> {
    let begin = view.bytes(place, 8)?;
    let (length, skip) = match *begin {
        [0xff, 0xff, 0xff, 0xff, a, b, c, d] => ([a, b, c, d], 8),
        [a, b, c, d, ..] => ([a, b, c, d], 4),
        _ => return Err(Fault::Truncated(place)),
    };
    match u32::from_le_bytes(length) {
        length if length > SCHEMA => Err(Fault::Limit("bytes of a schema")),
        length => view.bytes(place + skip, length as usize),
    }
}

/// Judges a schema that a message or footer of these bytes holds.
fn schema<'a>(bytes: &[u8], field: u16, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
    let view = Memory::new(bytes);
    let flat = Flat::new(&view)?;
    let Some(schema) = flat.inner(flat.root()?, field)? else { return Ok(()) };
    let mut fields = Fields { flat, part, scan, items: 0, left: ALL_METADATA };
    fields.metadata(schema, 2)?;
    for place in flat.vector(schema, 1, 4)?.places(4) {
        fields.field(flat.table(place)?, 0)?;
    }
    Ok(())
}

struct Fields<'f, 'a> {
    flat: Flat<'f>,
    part: &'f Part<'a>,
    scan: &'f mut Scan<'a>,
    items: u64,
    /// Bytes of metadata that may still be handed over.
    left: u64,
}

impl Fields<'_, '_> {
    fn count(&mut self) -> Result<()> {
        self.items += 1;
        self.scan.budget.step(1)?;
        if self.items > ITEMS { Err(Fault::Limit("fields")) } else { Ok(()) }
    }

    fn field(&mut self, field: Table, depth: u32) -> Result<()> {
        self.count()?;
        if depth > DEPTH {
            return Err(Fault::Limit("fields within fields"));
        }
        self.metadata(field, 6)?;
        for place in self.flat.vector(field, 5, 4)?.places(4) {
            self.field(self.flat.table(place)?, depth + 1)?;
        }
        Ok(())
    }

    fn metadata(&mut self, table: Table, number: u16) -> Result<()> {
        let flat = self.flat;
        for place in flat.vector(table, number, 4)?.places(4) {
            self.count()?;
            let pair = flat.table(place)?;
            let key = flat.text(pair, 0)?;
            let value = flat.vector(pair, 1, 1)?;
            if key == "ARROW:extension:name" {
                let name = flat.text(pair, 1)?;
                if PICKLED.contains(&name.as_str()) {
                    let message = format!("a column is of the type {}, a pickle", quoted(&name));
                    self.scan.find(self.part, EXTENSION.found(message));
                }
            } else if key == "ARROW:extension:metadata" && value.length > 0 {
                let left = self.left.checked_sub(value.length.min(METADATA).into());
                self.left = left.ok_or(Fault::Limit("bytes of metadata"))?;
                let view = Rc::new(Memory::new(flat.bytes(value, METADATA)?));
                self.scan.part(&self.part.excerpt("ARROW:extension:metadata", view));
            }
        }
        Ok(())
    }
}
