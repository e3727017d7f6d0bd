use std::fmt;

use nix_ai_model_sdk::Failure;
use serde::{Deserialize, Serialize};

/// What the user asks for.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The model's name.
    pub model: String,
    /// The newest where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

impl Spec {
    /// Reads `NAME[@REVISION]`.
    pub fn from_reference(reference: &str) -> Result<Self, Failure> {
        let (model, revision) = match reference.split_once('@') {
            Some((model, revision)) => (model, Some(revision.to_owned())),
            None => (reference, None),
        };
        let spec = Self { model: model.to_owned(), revision };
        spec.check()?;
        Ok(spec)
    }

    /// Fields can be written without the short form, so they are checked here.
    pub fn check(&self) -> Result<(), Failure> {
        if self.model.is_empty() || self.revision.as_deref() == Some("") {
            return Err(Failure::invalid_spec("the model or its revision is empty")
                .with_hint("write tiny-registry:NAME or tiny-registry:NAME@REVISION"));
        }
        Ok(())
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.revision {
            Some(revision) => write!(f, "{}@{revision}", self.model),
            None => f.write_str(&self.model),
        }
    }
}
