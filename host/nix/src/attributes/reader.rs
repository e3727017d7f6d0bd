//! Typed look-ups whose errors name the attribute.

use std::path::{Component, Path, PathBuf};

use nix_ai_model_core::digest::Sri;
use nix_ai_model_core::path::FilePath;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use serde_json::{Map, Value};

/// An object of attributes, and where it is.
pub(super) struct Reader<'a> {
    object: &'a Map<String, Value>,
    /// `metadata.`, or nothing.
    within: String,
}

pub(super) fn malformed(name: &str, why: &str) -> Error {
    Error::new(Kind::Usage, format!("the attribute \"{}\" {why}", escape(name)))
        .with_hint("use the builder and the Nix library of one version")
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Value) -> Result<Self> {
        match root {
            Value::Object(object) => Ok(Self { object, within: String::new() }),
            _ => Err(Error::new(Kind::Usage, "the builder's attributes are not a JSON object")),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a String> {
        self.object.keys()
    }

    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    /// `the attribute "x"`.
    pub(super) fn named(&self, name: &str) -> String {
        format!("the attribute \"{}\"", escape(&self.full(name)))
    }

    pub(super) fn fault(&self, name: &str, why: &str) -> Error {
        malformed(&self.full(name), why)
    }

    /// What is there and not null.
    pub(super) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a Value> {
        self.optional(name).ok_or_else(|| self.fault(name, "is missing"))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>> {
        match self.optional(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.fault(name, "is not a string")),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<String> {
        self.required(name)?;
        Ok(self.optional_text(name)?.unwrap_or_default())
    }

    /// Text, or a number as text.
    pub(super) fn optional_text_or_number(&self, name: &str) -> Result<Option<String>> {
        match self.optional(name) {
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            _ => self.optional_text(name),
        }
    }

    /// A whole number of at most `most`.
    pub(super) fn optional_whole(&self, name: &str, most: u64) -> Result<Option<u64>> {
        match self.optional(name) {
            None => Ok(None),
            Some(value) => match value.as_u64().filter(|number| *number <= most) {
                Some(number) => Ok(Some(number)),
                None => Err(self.fault(name, &format!("is not a whole number up to {most}"))),
            },
        }
    }

    /// A number from zero to `most`.
    pub(super) fn optional_number(&self, name: &str, most: f64) -> Result<Option<f64>> {
        match self.optional(name) {
            None => Ok(None),
            Some(value) => match value.as_f64().filter(|number| (0.0..=most).contains(number)) {
                Some(number) => Ok(Some(number)),
                None => Err(self.fault(name, &format!("is not a number from 0 to {most}"))),
            },
        }
    }

    /// A list of texts; an empty one where nothing is there.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>> {
        let malformed = || self.fault(name, "is not a list of strings");
        match self.optional(name) {
            None => Ok(Vec::new()),
            Some(value) => value
                .as_array()
                .and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect())
                .ok_or_else(malformed),
        }
    }

    /// A list of attribute sets; an empty one where nothing is there.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Reader<'a>>> {
        let Some(value) = self.optional(name) else { return Ok(Vec::new()) };
        let malformed = || self.fault(name, "is not a list of attribute sets");
        let objects = value.as_array().ok_or_else(malformed)?.iter().enumerate();
        objects
            .map(|(number, value)| {
                let within = format!("{}.{number}.", self.full(name));
                value.as_object().map(|object| Reader { object, within }).ok_or_else(malformed)
            })
            .collect()
    }

    pub(super) fn optional_flag(&self, name: &str) -> Result<Option<bool>> {
        match self.optional(name) {
            None => Ok(None),
            Some(value) => {
                value.as_bool().map(Some).ok_or_else(|| self.fault(name, "is not true or false"))
            }
        }
    }

    /// One of these choices by its name; the default where nothing is there.
    pub(super) fn choice<T: Copy + Default>(&self, name: &str, choices: &[(&str, T)]) -> Result<T> {
        let Some(text) = self.optional_text(name)? else { return Ok(T::default()) };
        let names = || choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        choices
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, choice)| *choice)
            .ok_or_else(|| self.fault(name, &format!("is none of: {}", names())))
    }

    pub(super) fn sri(&self, name: &str) -> Result<Sri> {
        self.text(name)?.parse().map_err(|error: Error| error.within(self.named(name)))
    }

    pub(super) fn optional_object(&self, name: &str) -> Result<Option<Reader<'a>>> {
        match self.optional(name) {
            None => Ok(None),
            Some(Value::Object(object)) => {
                Ok(Some(Reader { object, within: format!("{}.", self.full(name)) }))
            }
            Some(_) => Err(self.fault(name, "is not an attribute set")),
        }
    }

    pub(super) fn object(&self, name: &str) -> Result<Reader<'a>> {
        self.optional_object(name)?.ok_or_else(|| self.fault(name, "is missing"))
    }

    pub(super) fn optional_path(&self, name: &str) -> Result<Option<PathBuf>> {
        let Some(text) = self.optional_text(name)? else { return Ok(None) };
        let path = Path::new(&text);
        let clean = path.is_absolute()
            && !text.contains('\0')
            && path.components().all(|part| !matches!(part, Component::ParentDir));
        if clean {
            Ok(Some(path.to_owned()))
        } else {
            Err(self.fault(name, "is not an absolute path"))
        }
    }

    pub(super) fn path(&self, name: &str) -> Result<PathBuf> {
        self.optional_path(name)?.ok_or_else(|| self.fault(name, "is missing"))
    }

    /// An attribute's own name, where that is a file's path.
    pub(super) fn file_path(&self, name: &str) -> Result<FilePath> {
        FilePath::new(name).map_err(|error| error.within(self.named(name)))
    }
}
