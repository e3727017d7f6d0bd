//! Lists of a model's files as JSON: the shards of a large model, the items of
//! a Core ML package. Loaders join the folder with the names that are there.

mod rules;
#[cfg(test)]
mod tests;

pub use rules::ALL as RULES;

use std::fmt;

use nix_ai_model_scan_walk::{Fault, Head, Part, Reader, Result, Scan};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::foreign::{outside, quoted};
use crate::piece::{Json, Value};

/// Reads lists of files.
pub struct Index;

impl Reader for Index {
    fn format(&self) -> &'static str {
        "list of a model's files"
    }

    fn recognises(&self, head: &Head) -> bool {
        let holds = |word: &[u8]| head.begin.windows(word.len()).any(|window| window == word);
        let begins = head.begin.trim_ascii_start().first() == Some(&b'{');
        begins
            && (head.is_named(&[".index.json"])
                || holds(b"\"weight_map\"")
                || holds(b"\"itemInfoEntries\""))
    }

    fn read<'a>(&self, part: &Part<'a>, scan: &mut Scan<'a>) -> Result<()> {
        let mut cursor = part.cursor();
        let mut json = serde_json::Deserializer::from_reader(Json::new(&mut cursor, u64::MAX));
        let table = Table { part, scan, of: Of::Whole };
        match table.deserialize(&mut json) {
            Err(error) if error.is_io() => Err(Fault::Unreadable(error.to_string())),
            // What no parser takes names no files.
            _ => Ok(()),
        }
    }
}

/// What an object's keys stand for.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// The list itself.
    Whole,
    /// Files by the tensors that they hold.
    Weights,
    /// Items by their identifiers.
    Items,
    /// What is said of an item.
    Item,
}

struct Table<'t, 'a, 'p> {
    part: &'t Part<'p>,
    scan: &'t mut Scan<'a>,
    of: Of,
}

impl<'de> DeserializeSeed<'de> for Table<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Table<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let of = match (self.of, &*key) {
                (Of::Whole, "weight_map") => Of::Weights,
                (Of::Whole, "itemInfoEntries") => Of::Items,
                (Of::Items, _) => Of::Item,
                (Of::Weights, _) | (Of::Item, "path") => {
                    map.next_value_seed(File { part: self.part, scan: self.scan })?;
                    continue;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            map.next_value_seed(Table { part: self.part, scan: self.scan, of })?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }
}

/// The name of a file.
struct File<'t, 'a, 'p> {
    part: &'t Part<'p>,
    scan: &'t mut Scan<'a>,
}

impl<'de> DeserializeSeed<'de> for File<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        let File { part, scan } = self;
        let Value::Text(path) = Value::deserialize(deserializer)? else { return Ok(()) };
        if let Some(why) = outside(&path) {
            let message = format!("The list names the file {}, which {why}", quoted(&path));
            scan.find(part, rules::OUTSIDE.found(message));
        }
        Ok(())
    }
}
