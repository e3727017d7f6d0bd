//! A case of `plugin test`: what is asked, what the registry says, and what has
//! to come of it.

use std::collections::BTreeMap;

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
    /// A short form without the plugin's name, or an object of fields.
    pub(super) spec: Value,
    /// Variables that the user has set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) settings: BTreeMap<String, String>,
    /// Handles of credentials that the user has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) credentials: Vec<String>,
    /// What the registry says.
    #[serde(default)]
    pub(super) exchanges: Vec<Recorded>,
    /// What has to come of it; left out where it is to be recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expect: Option<Expected>,
}

/// What comes of a case.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub(super) enum Expected {
    /// The checked plan, as `resolve --json` prints it.
    Plan(Value),
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
    /// What came, as a case would hold it.
    pub(super) fn of(outcome: &Result<Value>) -> Self {
        match outcome {
            Ok(plan) => Self::Plan(plan.clone()),
            Err(error) => Self::Failure {
                kind: kind(error.kind()).to_owned(),
                contains: error.message().to_owned(),
            },
        }
    }

    /// How `outcome` differs, where it does.
    pub(super) fn difference(&self, outcome: &Result<Value>) -> Option<String> {
        match (self, outcome) {
            (Self::Plan(expected), Ok(plan)) => {
                (expected != plan).then(|| format!("the plan is {plan:#}\nand not {expected:#}"))
            }
            (Self::Failure { .. }, Ok(plan)) => Some(format!("it succeeds with the plan {plan:#}")),
            (Self::Plan(_), Err(error)) => Some(failure(error)),
            (Self::Failure { kind: expected, contains }, Err(error)) => {
                let said = error.message().contains(contains)
                    || error.hint().is_some_and(|hint| hint.contains(contains));
                (kind(error.kind()) != expected || !said)
                    .then(|| format!("{}\nand not with {expected}, \"{contains}\"", failure(error)))
            }
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
