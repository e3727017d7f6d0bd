//! The JSON header, read as a stream: a header of a million tensors is never
//! held.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use nix_ai_model_scan_walk::{Cursor, Fault, Part, Result, Scan, quoted};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::layout::{Layout, Tensor};
use super::rules;
use crate::account::weight_of;
use crate::foreign::{metadata, misnamed};
use crate::piece::{Json, Value};

/// Tensors that are read.
const TENSORS: usize = 1_000_000;
/// Dimensions of a tensor that are read.
const DIMENSIONS: usize = 64;

/// Reads the header's `length` bytes.
pub fn read(
    cursor: &mut Cursor<'_>,
    length: u64,
    part: &Part<'_>,
    scan: &mut Scan<'_>,
    layout: &mut Layout,
) -> Result<()> {
    let mut full = false;
    let mut json = serde_json::Deserializer::from_reader(Json::new(cursor, length));
    let table = Table { part, scan, layout, full: &mut full, names: Names::default() };
    let read = table.deserialize(&mut json).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(()),
        Err(error) if error.is_io() => Err(Fault::Unsupported(error.to_string())),
        Err(_) if full => Err(Fault::Limit("tensors")),
        Err(error) => Err(Fault::broken(
            8,
            format!("has a header that is not what the format asks for: {error}"),
        )),
    }
}

/// Hashes of the names so far.
#[derive(Default)]
struct Names {
    hasher: RandomState,
    seen: Vec<u64>,
}

struct Table<'t, 'a, 'p> {
    part: &'t Part<'p>,
    scan: &'t mut Scan<'a>,
    layout: &'t mut Layout,
    full: &'t mut bool,
    names: Names,
}

impl<'de> DeserializeSeed<'de> for Table<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            self.name(&name);
            if self.names.seen.len() > TENSORS || self.scan.budget.step(1).is_err() {
                *self.full = true;
                return Err(A::Error::custom("too many tensors"));
            }
            if name == "__metadata__" {
                map.next_value_seed(Metadata { part: self.part, scan: self.scan })?;
                continue;
            }
            let tensor =
                map.next_value_seed(Info { part: self.part, scan: self.scan, name: &name })?;
            self.layout.claim(tensor, &name, self.part, self.scan);
        }
        self.duplicates();
        Ok(())
    }
}

impl Table<'_, '_, '_> {
    fn name(&mut self, name: &str) {
        self.names.seen.push(self.names.hasher.hash_one(name));
        let absolute = name.starts_with('/').then_some("is a path from a root");
        if let Some(what) = misnamed(name).or(absolute) {
            let message = format!("The name {} is none of a tensor: {what}", quoted(name));
            self.scan.find(self.part, rules::CODE.found(message));
        }
    }

    fn duplicates(&mut self) {
        self.names.seen.sort_unstable();
        let twice = self.names.seen.windows(2).filter(|pair| pair[0] == pair[1]).count();
        if twice > 0 {
            let names = if twice == 1 { "name" } else { "names" };
            let message = format!("The header gives {twice} {names} more than once");
            self.scan.find(self.part, rules::DUPLICATE.found(message));
        }
    }
}

/// `__metadata__`: a map of strings.
struct Metadata<'t, 'a, 'p> {
    part: &'t Part<'p>,
    scan: &'t mut Scan<'a>,
}

impl<'de> DeserializeSeed<'de> for Metadata<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Metadata<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata: a map of strings")
    }

    fn visit_unit<E: Error>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let told = quoted(&key);
            let found = match map.next_value::<Value>()? {
                Value::Text(text) => metadata(&text).or_else(|| metadata(&key)).map(|what| {
                    let message = format!("The metadata {told} holds {what}: {}", quoted(&text));
                    rules::CODE.found(message).level(weight_of(&key, &text))
                }),
                Value::Null => None,
                Value::Other => {
                    Some(rules::METADATA.found(format!("The metadata {told} is not text")))
                }
            };
            if let Some(found) = found {
                self.scan.find(self.part, found);
            }
        }
        Ok(())
    }
}

/// What is said of one tensor.
struct Info<'t, 'a, 'p> {
    part: &'t Part<'p>,
    scan: &'t mut Scan<'a>,
    name: &'t str,
}

impl<'de> DeserializeSeed<'de> for Info<'_, '_, '_> {
    type Value = Tensor;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Tensor, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Info<'_, '_, '_> {
    type Value = Tensor;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with \"dtype\", \"shape\" and \"data_offsets\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Tensor, A::Error> {
        let (mut dtype, mut shape, mut offsets) = (None, None, None);
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let again = match &*key {
                "dtype" => dtype.replace(map.next_value::<String>()?).is_some(),
                "shape" => shape.replace(map.next_value::<Shape>()?).is_some(),
                "data_offsets" => offsets.replace(map.next_value::<(u64, u64)>()?).is_some(),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    let message =
                        format!("The tensor {} has the key {}", quoted(self.name), quoted(&key));
                    self.scan.find(self.part, rules::EXTRA.found(message));
                    false
                }
            };
            if again {
                let message =
                    format!("The tensor {} has {} twice", quoted(self.name), quoted(&key));
                self.scan.find(self.part, rules::DUPLICATE.found(message));
            }
        }
        match (dtype, shape, offsets) {
            (Some(dtype), Some(shape), Some((begin, end))) => {
                Ok(Tensor { dtype, count: shape.0, begin, end })
            }
            _ => Err(A::Error::custom("a tensor without type, shape or offsets")),
        }
    }
}

/// How many numbers a tensor has; `None` where that overflows.
struct Shape(Option<u64>);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Sizes;
        impl<'de> Visitor<'de> for Sizes {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of sizes")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut sizes: A,
            ) -> std::result::Result<Shape, A::Error> {
                let (mut count, mut dimensions) = (Some(1_u64), 0);
                while let Some(size) = sizes.next_element::<u64>()? {
                    dimensions += 1;
                    if dimensions > DIMENSIONS {
                        return Err(A::Error::custom("a tensor of too many dimensions"));
                    }
                    count = count.and_then(|count| count.checked_mul(size));
                }
                Ok(Shape(count))
            }
        }
        deserializer.deserialize_seq(Sizes)
    }
}
