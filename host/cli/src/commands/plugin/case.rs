//! A case of `plugin test`: what is asked, what the registry says, and what has
//! to come of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use nix_ai_model_core::secret::Secret;
use nix_ai_model_core::text::escape;
use nix_ai_model_core::{Error, Kind, Result};
use nix_ai_model_net::Recorded;
use nix_ai_model_runtime::Lookup;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One file of the folder of cases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// A short form without the plugin's name, or an object of fields: of a
    /// source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) spec: Option<Value>,
    /// The folder that is scanned, from the case's own: of a scanner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) folder: Option<PathBuf>,
    /// The scanner's config, a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) config: Option<String>,
    /// Variables that the user has set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) settings: BTreeMap<String, String>,
    /// Handles of credentials that the user has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) credentials: Vec<String>,
    /// What the registry says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) exchanges: Vec<Recorded>,
    /// What has to come of it; left out where it is to be recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expect: Option<Expected>,
}

/// What comes of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub(super) enum Expected {
    /// The checked plan, as `resolve --json` prints it.
    Plan(Value),
    /// What a scanner found: a list of objects with rule, level and path.
    Findings(Value),
    /// A failure.
    Failure {
        /// The kind, as the interface names it.
        kind: String,
        /// What its message or hint holds.
        contains: String,
    },
}

impl Case {
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        serde_json::from_slice(text).map_err(|error| {
            Error::new(Kind::Usage, format!("it is malformed: {}", escape(&error.to_string())))
                .with_hint("docs/plugins/testing.md says what is in a case")
        })
    }
}

impl Lookup for Case {
    fn variable(&self, name: &str) -> Option<String> {
        self.settings.get(name).cloned()
    }

    fn secret_file(&self, _: &str) -> Result<Option<Secret>> {
        Ok(None)
    }
}

impl Expected {
    /// A failure, as a case would hold it.
    fn failure(error: &Error) -> Self {
        Self::Failure { kind: kind(error.kind()).to_owned(), contains: error.message().to_owned() }
    }

    /// What came, as a case would hold it.
    pub(super) fn of(outcome: &Result<Self>) -> Self {
        outcome.as_ref().map_or_else(Self::failure, Clone::clone)
    }

    /// How `outcome` differs, where it does.
    pub(super) fn difference(&self, outcome: &Result<Self>) -> Option<String> {
        match (self, outcome) {
            (Self::Failure { kind: expected, contains }, Err(error)) => {
                let said = error.message().contains(contains)
                    || error.hint().is_some_and(|hint| hint.contains(contains));
                (kind(error.kind()) != expected || !said)
                    .then(|| format!("{}\nand not with {expected}, \"{contains}\"", failure(error)))
            }
            (_, Err(error)) => Some(failure(error)),
            (expected, Ok(came)) => {
                (expected != came).then(|| format!("{came}\nand not: {expected}"))
            }
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => write!(f, "it succeeds with the plan {plan:#}"),
            Self::Findings(findings) => write!(f, "it finds {findings:#}"),
            Self::Failure { kind, contains } => write!(f, "it fails with {kind}, \"{contains}\""),
        }
    }
}

fn failure(error: &Error) -> String {
    let hint = error.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!("it fails with {}, \"{}\"{hint}", kind(error.kind()), error.message())
}

/// The kind of a failure, as the interface names it.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::NotFound => "not-found",
        Kind::Unauthorized => "unauthorized",
        Kind::Gated => "gated",
        Kind::RateLimited(_) => "rate-limited",
        Kind::Usage => "invalid-spec",
        Kind::Network => "network",
        Kind::Refused => "denied",
        Kind::Unsupported => "unsupported",
        _ => "internal",
    }
}
