//! MessagePack, as Flax writes parameters: maps of arrays, each array an
//! extension with its shape, its type and its bytes, which are not read.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use std::rc::Rc;

use nix_ai_model_scan_walk::view::Range;
use nix_ai_model_scan_walk::{Cursor, Fault, Head, Level, Part, Reader, Result, Scan, quoted};

use crate::account::weight;
use crate::foreign::{is_file, is_pointer, metadata};

/// Values within values that are read; the library reads 511.
const DEPTH: usize = 1024;
/// Values of unknown types that are handed over.
const HANDED: u32 = 1024;
/// What is said of a value that is not like those of Flax.
const NO_ARRAY: &str = "is no triple of shape, type and bytes";
/// Bytes of a string that are looked at.
const TEXT: u64 = 64 << 10;

/// Reads Flax checkpoints.
pub struct MsgPack;

impl Reader for MsgPack {
    fn format(&self) -> &'static str {
        "MessagePack checkpoint"
    }

    fn recognises(&self, head: &Head) -> bool {
        // By content where it is what msgpack-numpy makes: thinc's models have
        // no ending.
        let object = || {
            matches!(head.begin.first(), Some(0x80..=0x9f | 0xdc..=0xdf))
                && (holds(&head.begin, b"\xa2nd") || holds(&head.begin, b"\xc4\x02nd"))
        };
        let is_thinc =
            matches!(&*head.name, "model" | "vectors" | "key2row" | "cfg" | "lookups.bin")
                && matches!(head.begin.first(), Some(0x81..=0x8f | 0xde | 0xdf));
        (head.is_named(&[".msgpack", ".flax", ".msg"]) || object() || is_thinc)
            && !is_pointer(&head.begin)
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let size = part.view().size()?;
        let mut reading = Reading {
            cursor: part.cursor(),
            size,
            part,
            scan,
            packed: Array::default(),
            handed: 0,
        };
        // What is recognised by its begin alone may be something else.
        let is_named = [".msgpack", ".flax"].iter().any(|end| part.name().ends_with(end));
        match reading.values(size) {
            Err(Fault::Truncated(_) | Fault::Broken { .. }) if !is_named => return Ok(()),
            read => read?,
        }
        if !is_named {
            return Ok(());
        }
        let size = reading.size;
        let end = reading.cursor.position();
        if end < size {
            let message = format!("{} bytes follow the value", size - end);
            scan.find(part, rules::TRAILING.found(message).at(end));
            let view = Range::new(part.view().clone(), end, size - end);
            scan.part(&part.excerpt("bytes behind the value", Rc::new(view)));
        }
        Ok(())
    }
}

/// What begins at a place.
enum Value {
    /// A value without any within, passed over.
    Plain,
    /// A string of so many bytes.
    Text(u64),
    /// Bytes.
    Bytes(u64),
    /// An extension: its type, and bytes.
    Extension(i8, u64),
    /// So many values within; of a map, keys and values.
    Values(u64),
}

/// An array as msgpack-numpy keeps it: a map whose `data` are unpickled where
/// its `kind` is that of objects, in whatever order both come.
#[derive(Default)]
struct Array {
    /// The key whose value comes next.
    key: Vec<u8>,
    has_objects: bool,
    /// Where the data are, and how many bytes.
    data: Option<(u64, u64)>,
}

struct Reading<'r, 'a> {
    packed: Array,
    handed: u32,
    cursor: Cursor<'r>,
    size: u64,
    part: &'r Part<'a>,
    scan: &'r mut Scan<'a>,
}

impl Reading<'_, '_> {
    /// One value and all within it, none of which reaches behind `end`.
    fn values(&mut self, end: u64) -> Result<()> {
        // How many values are left in each of the open ones.
        let mut open = vec![1_u64];
        while let Some(left) = open.last_mut() {
            if *left == 0 {
                open.pop();
                continue;
            }
            *left -= 1;
            self.scan.budget.step(1)?;
            match self.value()? {
                Value::Plain => {}
                Value::Text(length) => {
                    self.word(length)?;
                    self.text(length)?;
                }
                Value::Bytes(length) => {
                    self.word(length)?;
                    self.bytes(length)?;
                }
                Value::Extension(kind, length) => self.extension(kind, length)?,
                Value::Values(count) => {
                    let place = self.cursor.position();
                    // Each value takes a byte at least.
                    if count > end.saturating_sub(place) {
                        return Err(self.lie(place, count));
                    }
                    if open.len() >= DEPTH {
                        return Err(Fault::Limit("values within values"));
                    }
                    open.push(count);
                }
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value> {
        let place = self.cursor.position();
        let kind = self.cursor.u8()?;
        Ok(match kind {
            0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Value::Plain,
            0x80..=0x8f => Value::Values(u64::from(kind & 15) * 2),
            0x90..=0x9f => Value::Values(u64::from(kind & 15)),
            0xa0..=0xbf => Value::Text(u64::from(kind & 31)),
            0xc4..=0xc6 => Value::Bytes(self.number(kind - 0xc4)?),
            0xc7..=0xc9 => {
                let length = self.number(kind - 0xc7)?;
                Value::Extension(self.cursor.u8()?.cast_signed(), length)
            }
            0xca => self.plain(4)?,
            0xcb => self.plain(8)?,
            0xcc..=0xcf => self.plain(1 << (kind - 0xcc))?,
            0xd0..=0xd3 => self.plain(1 << (kind - 0xd0))?,
            0xd4..=0xd8 => Value::Extension(self.cursor.u8()?.cast_signed(), 1 << (kind - 0xd4)),
            0xd9..=0xdb => Value::Text(self.number(kind - 0xd9)?),
            0xdc | 0xdd => Value::Values(self.number(kind - 0xdb)?),
            0xde | 0xdf => Value::Values(self.number(kind - 0xdd)? * 2),
            0xc1 => return Err(Fault::broken(place, "has a value of no kind")),
        })
    }

    /// A big-endian number of one, two or four bytes.
    fn number(&mut self, width: u8) -> Result<u64> {
        Ok(match width {
            0 => u64::from(self.cursor.u8()?),
            1 => u64::from(u16::from_be_bytes(self.cursor.array()?)),
            _ => u64::from(u32::from_be_bytes(self.cursor.array()?)),
        })
    }

    fn plain(&mut self, bytes: u64) -> Result<Value> {
        self.skip(bytes)?;
        Ok(Value::Plain)
    }

    fn skip(&mut self, bytes: u64) -> Result<()> {
        let place = self.cursor.position();
        if bytes > self.size.saturating_sub(place) {
            return Err(self.lie(place, bytes));
        }
        self.cursor.skip(bytes);
        Ok(())
    }

    /// A length that is more than is left.
    fn lie(&self, place: u64, length: u64) -> Fault {
        Fault::broken(
            place,
            format!(
                "has a value of length {length} where {} bytes are left",
                self.size.saturating_sub(place)
            ),
        )
    }

    /// Follows the keys of an array of objects, be they texts or bytes.
    fn word(&mut self, length: u64) -> Result<()> {
        let place = self.cursor.position();
        let kept = usize::try_from(length.min(5).min(self.size.saturating_sub(place)));
        let word = self.cursor.take_bytes(kept.unwrap_or_default())?;
        self.cursor.go_to(place);
        match (&*self.packed.key, &*word) {
            (_, b"nd") => self.packed = Array::default(),
            (b"kind", b"O") if length == 1 => self.packed.has_objects = true,
            (b"data", _) => self.packed.data = Some((place, length)),
            _ => {}
        }
        self.packed.key = if length == 4 { word } else { Vec::new() };
        if !self.packed.has_objects {
            return Ok(());
        }
        let Some((place, length)) = self.packed.data.take() else { return Ok(()) };
        self.packed = Array::default();
        let message = "An array of objects is unpickled by msgpack-numpy";
        self.scan.find(self.part, rules::OBJECTS.found(message).at(place));
        let view = Range::new(self.part.view().clone(), place, length);
        self.scan.part(&self.part.excerpt("objects.pkl", Rc::new(view)));
        Ok(())
    }

    fn text(&mut self, length: u64) -> Result<()> {
        let place = self.cursor.position();
        let kept = usize::try_from(length.min(TEXT)).unwrap_or_default();
        self.skip(length)?;
        let end = self.cursor.position();
        self.cursor.go_to(place);
        let text = String::from_utf8_lossy(&self.cursor.take_bytes(kept)?).into_owned();
        self.cursor.go_to(end);
        let reduces = ["__reduce__", "__reduce_ex__", "__setstate__", "__class__", "__import__"];
        let found = if let Some(what) = metadata(&text) {
            let told = format!("A string holds {what}: {}", quoted(&text));
            rules::CODE.found(told).level(weight(&text))
        } else if reduces.contains(&&*text) {
            rules::CODE
                .found(format!("A string is the name {} of Python's machinery", quoted(&text)))
        } else {
            return Ok(());
        };
        self.scan.find(self.part, found.at(place));
        Ok(())
    }

    /// Bytes, which are handed over where they begin like a file.
    fn bytes(&mut self, length: u64) -> Result<()> {
        let place = self.cursor.position();
        self.skip(length)?;
        let end = self.cursor.position();
        self.cursor.go_to(place);
        if length >= 8 && is_file(self.cursor.peek()?) {
            let message = format!("The {length} bytes at {place} begin like a file");
            self.scan.find(self.part, rules::HIDDEN.found(message).at(place));
            let view = Range::new(self.part.view().clone(), place, length);
            self.scan.part(&self.part.excerpt(&format!("bytes from {place}"), Rc::new(view)));
        }
        self.cursor.go_to(end);
        Ok(())
    }

    /// An array (1), a complex number (2) or a number (3), of which the first
    /// and the last are packed values themselves.
    fn extension(&mut self, kind: i8, length: u64) -> Result<()> {
        let place = self.cursor.position();
        self.skip(length)?;
        let end = self.cursor.position();
        // The packer's own for moments in time is minus one.
        if !matches!(kind, -1 | 1..=3) {
            let message = format!("A value of {length} bytes is of the unknown type {kind}");
            self.scan.find(self.part, rules::EXTENSION.found(message).at(place));
            // Some loaders unpickle it.
            if length >= 4 && self.handed < HANDED {
                self.handed += 1;
                let view = Range::new(self.part.view().clone(), place, length);
                let name = format!("value from {place}");
                self.scan.part(&self.part.excerpt(&name, Rc::new(view)));
            } else {
                self.cursor.go_to(place);
                self.bytes(length)?;
            }
        }
        if matches!(kind, 1 | 3) {
            self.cursor.go_to(place);
            if let Err(lie) = self.array(end)? {
                let message = format!("The array at byte {place} {lie}");
                // Other libraries have types of their own by the same number.
                let level = if lie == NO_ARRAY { Level::Medium } else { rules::ARRAY.level };
                self.scan.find(self.part, rules::ARRAY.found(message).at(place).level(level));
            }
        }
        self.cursor.go_to(end);
        Ok(())
    }

    /// Shape, type and bytes against one another.
    fn array(&mut self, end: u64) -> Result<std::result::Result<(), String>> {
        let none = Ok(Err(NO_ARRAY.to_owned()));
        let Value::Values(3) = self.value()? else { return none };
        let Value::Values(dimensions @ 0..=64) = self.value()? else { return none };
        let mut numbers = Some(1_u64);
        for _ in 0..dimensions {
            let Some(size) = self.size_of_dimension()? else { return none };
            numbers = numbers.and_then(|numbers| numbers.checked_mul(size));
        }
        let Value::Text(length @ 0..=64) = self.value()? else { return none };
        let name = self.cursor.take_bytes(usize::try_from(length).unwrap_or_default())?;
        let name = String::from_utf8_lossy(&name).into_owned();
        let Value::Bytes(bytes) = self.value()? else { return none };
        if self.cursor.position().checked_add(bytes).is_none_or(|last| last > end) {
            return Ok(Err("has bytes that reach behind it".to_owned()));
        }
        self.bytes(bytes)?;
        let Some(width) = width(&name) else {
            return Ok(Err(format!("is of the unknown type {}", quoted(&name))));
        };
        let wanted =
            numbers.and_then(|numbers| numbers.checked_mul(width)).map(|bits| bits.div_ceil(8));
        Ok(if wanted == Some(bytes) || width < 8 {
            Ok(())
        } else {
            Err(format!("has {bytes} bytes, which its shape and type do not take"))
        })
    }

    fn size_of_dimension(&mut self) -> Result<Option<u64>> {
        let kind = self.cursor.u8()?;
        Ok(match kind {
            0..=0x7f => Some(u64::from(kind)),
            0xcc..=0xce => Some(self.number(kind - 0xcc)?),
            0xcf => Some(u64::from_be_bytes(self.cursor.array()?)),
            _ => None,
        })
    }
}

fn holds(bytes: &[u8], sign: &[u8]) -> bool {
    bytes.windows(sign.len()).any(|window| window == sign)
}

/// Bits of a number of this type, by numpy's name.
fn width(name: &str) -> Option<u64> {
    Some(match name {
        "int2" | "uint2" => 2,
        "int4" | "uint4" | "float4_e2m1fn" => 4,
        "bool" | "int8" | "uint8" => 8,
        "int16" | "uint16" | "float16" | "bfloat16" => 16,
        "int32" | "uint32" | "float32" => 32,
        "int64" | "uint64" | "float64" | "complex64" => 64,
        "complex128" => 128,
        name if name.starts_with("float8_") => 8,
        // Texts of numpy: their width is in the name.
        name if name.starts_with("<U") || name.starts_with("|S") => 1,
        _ => return None,
    })
}
