//! Bytes for parsers that hold a piece of text as long as it is: JSON strings.

use std::io::{Error, ErrorKind, Read};

use nix_ai_model_scan_walk::Cursor;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Bytes of the longest string. Tools keep lists of tags of a few MiB.
const STRING: u32 = 12 << 20;

/// A stretch of JSON, for a parser that asks for one byte at a time.
pub struct Json<'c, 'v> {
    cursor: &'c mut Cursor<'v>,
    /// Bytes that are not held yet.
    left: u64,
    held: Vec<u8>,
    next: usize,
    /// Bytes since the last quote.
    string: u32,
    is_escaped: bool,
}

impl<'c, 'v> Json<'c, 'v> {
    /// The next `length` bytes, or as many of them as there are.
    pub fn new(cursor: &'c mut Cursor<'v>, length: u64) -> Self {
        Self { cursor, left: length, held: Vec::new(), next: 0, string: 0, is_escaped: false }
    }

    #[cold]
    fn more(&mut self) -> std::io::Result<()> {
        let ahead = self.cursor.peek()?;
        let more = ahead.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.held.clear();
        self.held.extend_from_slice(&ahead[..more]);
        self.next = 0;
        self.left -= more as u64;
        self.cursor.advance(more);
        Ok(())
    }
}

impl Read for Json<'_, '_> {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let Some(room) = buffer.first_mut() else { return Ok(0) };
        if self.next == self.held.len() {
            self.more()?;
        }
        let Some(&byte) = self.held.get(self.next) else { return Ok(0) };
        self.string += 1;
        if byte == b'"' && !self.is_escaped {
            self.string = 0;
        } else if self.string > STRING {
            return Err(Error::new(ErrorKind::FileTooLarge, "a string that is too long"));
        }
        self.is_escaped = byte == b'\\' && !self.is_escaped;
        *room = byte;
        self.next += 1;
        Ok(1)
    }
}

/// A value where text belongs. What it holds otherwise is passed over, never
/// kept.
pub enum Value {
    /// Text.
    Text(String),
    /// Nothing.
    Null,
    /// A number, an object, a list.
    Other,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}
