//! Reads the user's fields into a plugin's spec, with errors that name the field.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value};

use crate::Failure;

/// Reads the JSON object of fields. Fields that are `null` count as left out.
///
/// # Errors
/// [`Failure::invalid_spec`] naming the field: one that is missing, of another
/// type, or unknown, with the nearest right name.
pub fn read<T: DeserializeOwned>(fields: &str) -> Result<T, Failure> {
    let mut fields: Map<String, Value> = serde_json::from_str(fields)
        .map_err(|_| Failure::invalid_spec("the fields are not a JSON object"))?;
    fields.retain(|_, value| !value.is_null());
    T::deserialize(Fields(fields)).map_err(|error| {
        let text = error.to_string();
        match text.split_once(HINT) {
            Some((message, hint)) => Failure::invalid_spec(message).with_hint(hint),
            None => Failure::invalid_spec(text.replace('`', "\"")),
        }
    })
}

/// Reads a scanner's configuration, a JSON object; an empty text counts as `{}`.
///
/// # Errors
/// As [`read`].
pub fn read_config<T: DeserializeOwned>(config: &str) -> Result<T, Failure> {
    read(if config.trim().is_empty() { "{}" } else { config })
}

/// Parts message and hint on their way through serde's one text.
const HINT: &str = "\n";

/// Deserializes a struct field by field, so that each error names its field.
struct Fields(Map<String, Value>);

impl<'de> Deserializer<'de> for Fields {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { rest: self.0.into_iter(), value: None, known: &[] })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { rest: self.0.into_iter(), value: None, known })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

struct Entries {
    rest: serde_json::map::IntoIter,
    value: Option<(String, Value)>,
    /// The struct's fields; empty for what is no struct.
    known: &'static [&'static str],
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        let key = seed
            .deserialize(StrDeserializer::<Error>::new(&name))
            .map_err(|_| unknown(&name, self.known))?;
        self.value = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, value) =
            self.value.take().ok_or_else(|| Error::custom("a value was asked for twice"))?;
        seed.deserialize(value).map_err(|error| {
            Error::custom(format_args!("the field \"{name}\" has the wrong value: {error}"))
        })
    }
}

fn unknown(name: &str, known: &[&str]) -> Error {
    let name = crate::json::quoted(name);
    let hint = match nearest(&name, known) {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("the fields are {}", known.join(", ")),
    };
    Error::custom(format_args!("there is no field \"{name}\"{HINT}{hint}"))
}

/// The known name that a slip of the keyboard could have turned into `name`.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], "");
    let name = plain(name);
    let distance = |other: &str| edits(&name, &plain(other));
    let best = known.iter().min_by_key(|other| distance(other))?;
    (distance(best) <= best.len().div_ceil(3)).then_some(*best)
}

/// Insertions, deletions, replacements and swaps of neighbours from one text
/// to the other.
fn edits(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for line in 0..one.len() {
        let mut row = vec![line + 1];
        for column in 0..other.len() {
            let replaced = above[column] + usize::from(one[line] != other[column]);
            let mut least = replaced.min(above[column + 1] + 1).min(row[column] + 1);
            let swapped = line > 0
                && column > 0
                && one[line] == other[column - 1]
                && one[line - 1] == other[column];
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Spec {
        repo: String,
        #[serde(default)]
        repo_type: Option<Type>,
        revision: Option<String>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Type {
        Model,
    }

    fn failure(fields: &str) -> (String, Option<String>) {
        let failure = read::<Spec>(fields).unwrap_err();
        assert_eq!(failure.kind, crate::FailureKind::InvalidSpec);
        (failure.message, failure.hint)
    }

    #[test]
    fn null_is_left_out() {
        let spec: Spec = read(r#"{"repo": "a", "revision": null, "repoType": "model"}"#).unwrap();
        assert_eq!(
            spec,
            Spec { repo: "a".to_owned(), repo_type: Some(Type::Model), revision: None }
        );
    }

    #[test]
    fn no_configuration_is_an_empty_one() {
        assert!(read_config::<Map<String, Value>>(" ").unwrap().is_empty());
        assert_eq!(read_config::<Spec>("").unwrap_err().message, "missing field \"repo\"");
    }

    #[test]
    fn an_unknown_field_is_answered_with_the_nearest() {
        for (wrong, right) in
            [("revison", "revision"), ("repo_type", "repoType"), ("Repo", "repo"), ("rpeo", "repo")]
        {
            let (message, hint) = failure(&format!(r#"{{"repo": "a", "{wrong}": "x"}}"#));
            assert_eq!(message, format!("there is no field \"{wrong}\""));
            assert_eq!(hint.unwrap(), format!("did you mean \"{right}\"?"));
        }
        let (_, hint) = failure(r#"{"repo": "a", "colour": "x"}"#);
        assert_eq!(hint.unwrap(), "the fields are repo, repoType, revision");
    }

    #[test]
    fn other_faults_name_their_field() {
        assert_eq!(failure("{}").0, "missing field \"repo\"");
        assert!(failure(r#"{"repo": 3}"#).0.starts_with("the field \"repo\" has the wrong value"));
        assert!(failure(r#"{"repo": "a", "repoType": "x"}"#).0.contains("\"repoType\""));
        assert_eq!(failure("[]").0, "the fields are not a JSON object");
    }
}
