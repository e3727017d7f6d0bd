//! What the user asked for.

use serde_json::{Map, Value};

use crate::pattern::Pattern;
use crate::text::escape;
use crate::{Error, Kind, Result};

/// The JSON fields of a source, as the Nix attribute set has them.
pub type Fields = Map<String, Value>;

/// A model as it was asked for: the source, the source's own fields, and the
/// files wanted. The short form and the Nix attribute set both become this.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The source's name, such as `huggingface`.
    pub source: String,
    /// The fields that are the source's own.
    pub fields: Fields,
    /// Which files are wanted.
    pub selection: Selection,
}

/// Which files of a model are wanted: all that match an include pattern (all,
/// where there is none) and no exclude pattern.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Patterns of wanted files.
    pub include: Vec<Pattern>,
    /// Patterns of unwanted files.
    pub exclude: Vec<Pattern>,
}

impl Selection {
    /// Whether the file at `path` is wanted.
    pub fn holds(&self, path: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }

    /// Whether every file is wanted.
    pub fn is_everything(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

/// A short form such as `huggingface:org/name@main`, cut at its first colon;
/// what follows is for the source to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortForm {
    /// The source's name, aliases resolved.
    pub source: String,
    /// The rest.
    pub reference: String,
}

impl ShortForm {
    /// Cuts a short form. `https://…` and `http://…` are of the source `url`;
    /// `hf:` is `huggingface:`, `gs:` is `gcs:`, `az:` is `azure:`.
    ///
    /// # Errors
    /// [`Kind::Usage`] where no source is named.
    pub fn new(text: &str) -> Result<Self> {
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self { source: "url".to_owned(), reference: text.to_owned() });
        }
        let named = text
            .split_once(':')
            .filter(|(source, reference)| !reference.is_empty() && is_source_name(source));
        let Some((source, reference)) = named else {
            return Err(Error::new(Kind::Usage, format!("\"{}\" names no source", escape(text)))
                .with_hint("write SOURCE:REFERENCE, such as huggingface:org/name@revision, or an https URL"));
        };
        let source = match source {
            "hf" => "huggingface",
            "gs" => "gcs",
            "az" | "wasbs" | "abfss" => "azure",
            source => source,
        };
        Ok(Self { source: source.to_owned(), reference: reference.to_owned() })
    }
}

/// Whether a name can be a source's: lower-case letters, digits and hyphens,
/// a letter first, at most 64.
pub fn is_source_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

impl Spec {
    /// Reads the JSON form: `{"source": "huggingface", "repo": …, "files": [globs],
    /// "exclude": [globs]}`. `files` and `exclude` are the same for every source.
    ///
    /// # Errors
    /// [`Kind::Usage`] naming the field that is missing or of the wrong type.
    pub fn from_json(value: Value) -> Result<Self> {
        let Value::Object(mut fields) = value else {
            return Err(Error::new(
                Kind::Usage,
                "a spec is a JSON object with the field \"source\"",
            ));
        };
        let source = match fields.remove("source") {
            Some(Value::String(source)) if is_source_name(&source) => source,
            _ => {
                return Err(Error::new(
                    Kind::Usage,
                    "the spec's field \"source\" is missing or is no source's name",
                )
                .with_hint("name the source, such as \"source\": \"huggingface\""));
            }
        };
        let selection = Selection {
            include: patterns(&mut fields, "files")?,
            exclude: patterns(&mut fields, "exclude")?,
        };
        Ok(Self { source, fields, selection })
    }

    /// The JSON form that [`Spec::from_json`] reads.
    pub fn to_json(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("source".to_owned(), Value::from(self.source.clone()));
        for (name, patterns) in
            [("files", &self.selection.include), ("exclude", &self.selection.exclude)]
        {
            if !patterns.is_empty() {
                let texts: Vec<_> = patterns.iter().map(Pattern::as_str).collect();
                fields.insert(name.to_owned(), Value::from(texts));
            }
        }
        Value::Object(fields)
    }
}

/// A spec as it was written: a short form takes its source to be read.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// With the source's fields.
    Fields(Spec),
    /// As a short form, and the patterns beside it.
    Short(ShortForm, Selection),
}

impl Written {
    /// Reads the JSON form of a spec, or the one where a short form stands in
    /// the field `source`: `{"source": "huggingface:org/name", "files": [globs]}`.
    ///
    /// # Errors
    /// As [`Spec::from_json`] and [`ShortForm::new`]; [`Kind::Usage`] where a
    /// field of a source stands beside a short form.
    pub fn from_json(mut value: Value) -> Result<Self> {
        let short = value.get("source").and_then(Value::as_str).filter(|text| text.contains(':'));
        let Some(short) = short.map(ShortForm::new).transpose()? else {
            return Spec::from_json(value).map(Self::Fields);
        };
        value["source"] = Value::from(short.source.as_str());
        let Spec { fields, selection, .. } = Spec::from_json(value)?;
        match fields.keys().next() {
            None => Ok(Self::Short(short, selection)),
            Some(name) => Err(Error::new(
                Kind::Usage,
                format!("the spec's field \"{}\" stands beside a short form", escape(name)),
            )
            .with_hint("beside a short form there can be \"files\" and \"exclude\" alone")),
        }
    }
}

fn patterns(fields: &mut Fields, name: &str) -> Result<Vec<Pattern>> {
    let malformed = || {
        Error::new(Kind::Usage, format!("the spec's field \"{name}\" is not a list of patterns"))
    };
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| value.as_str().ok_or_else(malformed).and_then(Pattern::new))
            .collect(),
        Some(_) => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use serde_json::json;

    #[test]
    fn short_forms_name_their_source() {
        let short = ShortForm::new("hf:org/name@main").unwrap();
        assert_eq!(
            (short.source.as_str(), short.reference.as_str()),
            ("huggingface", "org/name@main")
        );
        assert_eq!(ShortForm::new("https://e.org/x").unwrap().source, "url");
        let short = ShortForm::new("gs://bucket/x").unwrap();
        assert_eq!((short.source.as_str(), short.reference.as_str()), ("gcs", "//bucket/x"));
        for text in ["", "org/name", "huggingface:", ":x", "HF:x", "a b:c", "\u{1b}:x"] {
            assert_eq!(ShortForm::new(text).unwrap_err().kind(), Kind::Usage, "{text}");
        }
    }

    #[test]
    fn json_round_trips() {
        let json =
            json!({"source": "huggingface", "repo": "a/b", "files": ["*.json"], "exclude": ["x"]});
        assert_eq!(Spec::from_json(json.clone()).unwrap().to_json(), json);
    }

    #[test]
    fn a_short_form_may_stand_for_the_fields() {
        let json = json!({"source": "hf:a/b@main", "files": ["*.json"]});
        let Written::Short(short, selection) = Written::from_json(json).unwrap() else {
            panic!("it has no fields");
        };
        assert_eq!((short.source.as_str(), short.reference.as_str()), ("huggingface", "a/b@main"));
        assert!(selection.holds("a.json") && !selection.holds("a.bin"));
        let fields = json!({"source": "huggingface", "repo": "a/b"});
        assert!(matches!(Written::from_json(fields).unwrap(), Written::Fields(_)));
        for (json, named) in [
            (json!({"source": "hf:a/b", "repo": "a/c"}), "\"repo\""),
            (json!({"source": "hf:a/b", "files": "x"}), "\"files\""),
            (json!({"source": "HF:a/b"}), "HF:a/b"),
            (json!({"source": "hf:"}), "hf:"),
            (json!(["hf:a/b"]), "JSON object"),
        ] {
            let error = Written::from_json(json).unwrap_err();
            assert!(error.message().contains(named), "{error}");
        }
    }

    #[test]
    fn wrong_types_name_the_field() {
        let error = Spec::from_json(json!({"source": "huggingface", "files": "x"})).unwrap_err();
        assert!(error.message().contains("\"files\""));
        assert!(Spec::from_json(json!({"repo": "x"})).is_err());
        assert!(Spec::from_json(json!([])).is_err());
    }

    #[test]
    fn a_selection_includes_then_excludes() {
        let spec =
            Spec::from_json(json!({"source": "s", "files": ["*.bin", "c*"], "exclude": ["x/*"]}))
                .unwrap();
        assert!(spec.selection.holds("a.bin"));
        assert!(spec.selection.holds("config.json"));
        assert!(!spec.selection.holds("x/a.bin"));
        assert!(!spec.selection.holds("readme"));
    }
}
