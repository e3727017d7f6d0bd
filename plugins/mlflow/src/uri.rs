//! The client's own names for models: `models:/…` and `runs:/…`.

use std::fmt;

use nix_ai_model_sdk::{Failure, json};

use crate::Result;

/// The longest name, alias or path, in bytes.
const LONGEST: usize = 1024;

/// What a URI names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelUri {
    /// `models:/name/3`
    Version {
        /// The registered model.
        name: String,
        /// A number from 1 on.
        version: u64,
    },
    /// `models:/name/Production`: the newest version in a stage.
    Stage {
        /// The registered model.
        name: String,
        /// The stage.
        stage: String,
    },
    /// `models:/name/latest`: the newest version.
    Latest {
        /// The registered model.
        name: String,
    },
    /// `models:/name@champion`
    Alias {
        /// The registered model.
        name: String,
        /// The alias.
        alias: String,
    },
    /// `models:/m-…`: a logged model of MLflow 3.
    Logged {
        /// Its id.
        id: String,
    },
    /// `runs:/id/path`: artifacts of a run.
    Run {
        /// The run's id.
        id: String,
        /// A path below its artifacts, without slashes at its ends; empty for
        /// all of them.
        path: String,
    },
}

impl ModelUri {
    /// Reads a URI.
    ///
    /// # Errors
    /// `invalid-spec` saying what the forms are.
    pub fn parse(text: &str) -> Result<Self> {
        let malformed = || malformed(text);
        if text.len() > LONGEST || text.chars().any(char::is_control) {
            return Err(malformed());
        }
        if let Some(rest) = text.strip_prefix("runs:") {
            return run(path_of(rest).ok_or_else(|| profile(text))?).ok_or_else(malformed);
        }
        let rest = text.strip_prefix("models:").ok_or_else(malformed)?;
        let path = path_of(rest).ok_or_else(|| profile(text))?;
        model(path).ok_or_else(malformed)
    }

    /// Without `models:/`, where a name is enough to know it again.
    pub fn short(&self) -> String {
        let text = self.to_string();
        match self {
            Self::Logged { .. } | Self::Run { .. } => text,
            _ => text.trim_start_matches("models:/").to_owned(),
        }
    }
}

/// What follows the scheme's slashes; none where a host is named.
fn path_of(rest: &str) -> Option<&str> {
    let path = rest.strip_prefix("///").or_else(|| rest.strip_prefix('/'))?;
    (!path.starts_with('/')).then_some(path)
}

fn model(path: &str) -> Option<ModelUri> {
    let uri = match path.split_once('/') {
        Some((name, suffix)) => with_suffix(name, suffix)?,
        None => match path.rsplit_once('@') {
            Some((name, alias)) => {
                ModelUri::Alias { name: name.to_owned(), alias: alias.to_owned() }
            }
            None => ModelUri::Logged { id: path.to_owned() },
        },
    };
    let good = match &uri {
        ModelUri::Version { name, version } => is_name(name) && *version > 0,
        ModelUri::Stage { name, stage } => is_name(name) && is_name(stage),
        ModelUri::Latest { name } => is_name(name),
        ModelUri::Alias { name, alias } => is_name(name) && is_name(alias),
        ModelUri::Logged { id } => id.starts_with("m-") && is_id(id),
        ModelUri::Run { .. } => false,
    };
    good.then_some(uri)
}

fn with_suffix(name: &str, suffix: &str) -> Option<ModelUri> {
    let name = name.to_owned();
    Some(if suffix.bytes().all(|byte| byte.is_ascii_digit()) {
        ModelUri::Version { name, version: suffix.parse().ok()? }
    } else if suffix.eq_ignore_ascii_case("latest") {
        ModelUri::Latest { name }
    } else {
        ModelUri::Stage { name, stage: suffix.to_owned() }
    })
}

fn run(path: &str) -> Option<ModelUri> {
    let (id, path) = path.split_once('/').unwrap_or((path, ""));
    let path = path.trim_end_matches('/');
    let good = is_id(id) && (path.is_empty() || is_path(path));
    good.then(|| ModelUri::Run { id: id.to_owned(), path: path.to_owned() })
}

/// Of a model, stage or alias: what the registry takes, without what parts
/// the pieces of a URI.
pub fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.contains(['/', ':'])
}

/// Of a run or a logged model.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// A relative path that stays where it is.
pub fn is_path(path: &str) -> bool {
    path.split('/').all(|name| !matches!(name, "" | "." | ".."))
}

impl fmt::Display for ModelUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { name, version } => write!(f, "models:/{name}/{version}"),
            Self::Stage { name, stage } => write!(f, "models:/{name}/{stage}"),
            Self::Latest { name } => write!(f, "models:/{name}/latest"),
            Self::Alias { name, alias } => write!(f, "models:/{name}@{alias}"),
            Self::Logged { id } => write!(f, "models:/{id}"),
            Self::Run { id, path } if path.is_empty() => write!(f, "runs:/{id}"),
            Self::Run { id, path } => write!(f, "runs:/{id}/{path}"),
        }
    }
}

fn malformed(text: &str) -> Failure {
    Failure::invalid_spec(format!("\"{}\" names no model of a registry", json::quoted(text)))
        .with_hint(
            "write name/3, name/latest, name/Production or name@alias, or models:/m-… for a logged model and runs:/run-id/path for a run's artifacts; parts of a model are chosen with patterns on its files",
        )
}

fn profile(text: &str) -> Failure {
    Failure::invalid_spec(format!(
        "\"{}\" names a host or a Databricks profile, which are not read",
        json::quoted(text)
    ))
    .with_hint("name the server with trackingUri or MLFLOW_TRACKING_URI, and write models:/name/3")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    fn version(name: &str, version: u64) -> ModelUri {
        ModelUri::Version { name: name.into(), version }
    }

    #[test]
    fn every_form_of_the_client_is_read() {
        let name = || "my model".to_owned();
        for (text, uri) in [
            ("models:/my model/3", version("my model", 3)),
            ("models:///m/007", version("m", 7)),
            ("models:/my model/LATEST", ModelUri::Latest { name: name() }),
            (
                "models:/my model/Production",
                ModelUri::Stage { name: name(), stage: "Production".into() },
            ),
            (
                "models:/a@b@champion",
                ModelUri::Alias { name: "a@b".into(), alias: "champion".into() },
            ),
            (
                "models:/c.s.m@champion",
                ModelUri::Alias { name: "c.s.m".into(), alias: "champion".into() },
            ),
            ("models:/m-0a1", ModelUri::Logged { id: "m-0a1".into() }),
            ("runs:/0a1/model/", ModelUri::Run { id: "0a1".into(), path: "model".into() }),
            ("runs:/0a1", ModelUri::Run { id: "0a1".into(), path: String::new() }),
        ] {
            assert_eq!(ModelUri::parse(text).unwrap(), uri, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "models:",
            "models:/",
            "models:/name",
            "models:/name/",
            "models:/name/0",
            "models:/name/3/sub",
            "models:/name/99999999999999999999",
            "models:/name@",
            "models:/@alias",
            "models:/ /3",
            "models:/a:b/3",
            "models:/a\u{1b}/3",
            "models:/m-../x/y",
            "models:/m-a.b",
            "models://profile@databricks/name/3",
            "runs:/",
            "runs:/a b",
            "runs:/a/../b",
            "runs:/a//b",
            "s3://bucket/x",
        ] {
            let failure = ModelUri::parse(text).unwrap_err();
            assert_eq!(failure.kind, nix_ai_model_sdk::FailureKind::InvalidSpec, "{text}");
            assert!(failure.hint.is_some());
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics_and_what_was_read_is_read_again(text in "(models:/|runs:/|models:///)?[a-zA-Z0-9@/: .é-]{0,24}") {
            if let Ok(uri) = ModelUri::parse(&text) {
                prop_assert_eq!(&ModelUri::parse(&uri.to_string()).unwrap(), &uri);
                let short = crate::spec::MlflowSpec::from_reference(&uri.short()).unwrap();
                prop_assert_eq!(short.wanted().unwrap(), uri);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = ModelUri::parse(&text);
        }
    }
}
