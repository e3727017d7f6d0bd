use async_trait::async_trait;

use crate::Result;
use crate::plan::{RawLocator, RawPlan};
use crate::spec::{Fields, Spec};

/// Knows a registry of models: a plugin, or a native source.
#[async_trait]
pub trait Source: Send + Sync {
    /// The fields that a short form's reference stands for.
    ///
    /// # Errors
    /// [`crate::Kind::Usage`] where the reference is malformed.
    async fn parse(&self, reference: &str) -> Result<Fields>;

    /// Finds what the spec names. The answer is not yet checked.
    ///
    /// # Errors
    /// By what went wrong; see [`crate::Kind`].
    async fn resolve(&self, spec: &Spec) -> Result<RawPlan>;

    /// Fresh locators for files of an earlier plan, in the order of `paths`.
    ///
    /// # Errors
    /// As [`Source::resolve`]; [`crate::Kind::Unsupported`] where the source's
    /// URLs do not expire.
    async fn locate(&self, spec: &Spec, pin: &str, paths: &[&str]) -> Result<Vec<RawLocator>>;
}
