//! What the user asks of a registry.

use nix_ai_model_sdk::Failure;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Result;
use crate::uri::{ModelUri, is_name};

/// A model of a registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct MlflowSpec {
    /// The server's URL, `databricks` or `databricks-uc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking_uri: Option<String>,
    /// A registered model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_name: Option<String>,
    /// Its version: a number, or `latest`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text_or_number")]
    pub model_version: Option<String>,
    /// Its newest version in this stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_stage: Option<String>,
    /// Its version with this alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_alias: Option<String>,
    /// All of that in one, as the client has it: `models:/…` or `runs:/…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_uri: Option<String>,
}

fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a version such as \"3\", or \"latest\"")]
    enum Version {
        Text(String),
        Number(u64),
    }
    Ok(Some(match Version::deserialize(deserializer)? {
        Version::Text(text) => text,
        Version::Number(number) => number.to_string(),
    }))
}

impl MlflowSpec {
    /// Reads a short form such as `name/3` or `name@champion`.
    ///
    /// # Errors
    /// `invalid-spec` where it is malformed.
    pub fn from_reference(reference: &str) -> Result<Self> {
        let uri = if reference.starts_with("models:") || reference.starts_with("runs:") {
            ModelUri::parse(reference)?
        } else {
            ModelUri::parse(&format!("models:/{reference}"))?
        };
        let of = |name| Self { model_name: Some(name), ..Self::default() };
        Ok(match uri {
            ModelUri::Version { name, version } => {
                Self { model_version: Some(version.to_string()), ..of(name) }
            }
            ModelUri::Latest { name } => Self { model_version: Some("latest".into()), ..of(name) },
            ModelUri::Stage { name, stage } => Self { model_stage: Some(stage), ..of(name) },
            ModelUri::Alias { name, alias } => Self { model_alias: Some(alias), ..of(name) },
            uri => Self { model_uri: Some(uri.to_string()), ..Self::default() },
        })
    }

    /// What the fields name together.
    ///
    /// # Errors
    /// `invalid-spec` where it is nothing, or more than one thing.
    pub fn wanted(&self) -> Result<ModelUri> {
        let which = [
            ("modelVersion", &self.model_version),
            ("modelStage", &self.model_stage),
            ("modelAlias", &self.model_alias),
        ];
        let mut given = which.iter().filter_map(|(field, value)| Some((*field, value.as_ref()?)));
        let chosen = given.next();
        if let (Some((one, _)), Some((other, _))) = (chosen, given.next()) {
            return Err(Failure::invalid_spec(format!("both \"{one}\" and \"{other}\" are given"))
                .with_hint("one of them says which version is wanted; leave the other out"));
        }
        match (&self.model_uri, &self.model_name, chosen) {
            (Some(uri), None, None) => ModelUri::parse(uri),
            (Some(_), ..) => {
                Err(Failure::invalid_spec("\"modelUri\" is given beside fields that it replaces")
                    .with_hint("write either modelUri, or modelName with a version, stage or alias"))
            }
            (None, Some(name), Some((field, value))) => chosen_of(name, field, value),
            (None, Some(name), None) => {
                Err(Failure::invalid_spec(format!("it is not said which version of \"{name}\" is wanted"))
                    .with_hint("set modelVersion (a number, or \"latest\"), modelAlias or modelStage"))
            }
            (None, None, _) => Err(Failure::invalid_spec("no model is named").with_hint(
                "set modelName with modelVersion, modelAlias or modelStage, or modelUri = \"models:/name/3\"",
            )),
        }
    }
}

fn chosen_of(name: &str, field: &str, value: &str) -> Result<ModelUri> {
    let malformed = |what: &str, value: &str| {
        Failure::invalid_spec(format!("\"{what}\": \"{value}\" is malformed"))
    };
    if !is_name(name) {
        return Err(malformed("modelName", name)
            .with_hint("a model's name has no \"/\" or \":\"; a whole URI is for modelUri"));
    }
    let wrong = || {
        malformed(field, value).with_hint(
            "a version is a number from 1 on, or \"latest\"; a stage is a name such as Production, an alias one such as champion",
        )
    };
    let separator = if field == "modelAlias" { '@' } else { '/' };
    let uri = ModelUri::parse(&format!("models:/{name}{separator}{value}")).map_err(|_| wrong())?;
    let fits = match &uri {
        ModelUri::Version { .. } | ModelUri::Latest { .. } => field == "modelVersion",
        ModelUri::Stage { .. } => field == "modelStage",
        // The last `@` parts name and alias.
        ModelUri::Alias { alias, .. } => field == "modelAlias" && alias == value,
        ModelUri::Logged { .. } | ModelUri::Run { .. } => false,
    };
    if fits { Ok(uri) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use nix_ai_model_sdk::read_spec;

    fn wanted(fields: &str) -> Result<ModelUri> {
        read_spec::<MlflowSpec>(fields)?.wanted()
    }

    #[test]
    fn fields_and_short_forms_name_the_same() {
        for (fields, short) in [
            (r#"{"modelName":"a","modelVersion":"3"}"#, "a/3"),
            (r#"{"modelName":"a","modelVersion":3}"#, "a/3"),
            (r#"{"modelName":"a","modelVersion":"latest"}"#, "a/latest"),
            (r#"{"modelName":"a","modelStage":"Production"}"#, "a/Production"),
            (r#"{"modelName":"a","modelAlias":"champion"}"#, "a@champion"),
            (r#"{"modelUri":"models:/a/3"}"#, "a/3"),
            (r#"{"modelUri":"models:/m-1"}"#, "models:/m-1"),
            (r#"{"modelUri":"models:/m-1"}"#, "m-1"),
            (r#"{"modelUri":"runs:/1/model"}"#, "runs:/1/model"),
        ] {
            let short = MlflowSpec::from_reference(short).unwrap();
            assert_eq!(short.wanted().unwrap(), wanted(fields).unwrap(), "{fields}");
        }
    }

    #[test]
    fn too_much_and_too_little_say_so() {
        for (fields, word) in [
            ("{}", "no model is named"),
            (r#"{"modelVersion":"3"}"#, "no model is named"),
            (r#"{"modelName":"a"}"#, "which version of \"a\""),
            (
                r#"{"modelName":"a","modelVersion":"3","modelAlias":"b"}"#,
                "\"modelVersion\" and \"modelAlias\"",
            ),
            (r#"{"modelUri":"models:/a/3","modelName":"a"}"#, "beside fields"),
            (r#"{"modelName":"a/b","modelVersion":"3"}"#, "\"modelName\""),
            (r#"{"modelName":"a","modelVersion":"x"}"#, "\"modelVersion\": \"x\""),
            (r#"{"modelName":"a","modelStage":"3"}"#, "\"modelStage\""),
            (r#"{"modelName":"a","modelAlias":"b/3"}"#, "\"modelAlias\""),
            (r#"{"modelName":"a","modelAlias":"b@c"}"#, "\"modelAlias\""),
            (r#"{"modelName":"a","modelVersion":true}"#, "such as \"3\""),
        ] {
            let failure = wanted(fields).unwrap_err();
            assert!(failure.message.contains(word), "{fields}: {}", failure.message);
        }
    }
}
