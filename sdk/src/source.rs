use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Failure, Host, Locator, Plan};

/// A registry of models, as its plugin knows it.
pub trait Source {
    /// The fields of the Nix attribute set. With serde's `deny_unknown_fields`
    /// a misspelt field is answered with the nearest right one. What is `null`
    /// counts as left out.
    type Spec: DeserializeOwned + Serialize;

    /// Reads the short form, without the source's name and colon. Pure: there
    /// is no host to ask.
    ///
    /// # Errors
    /// [`Failure::invalid_spec`] where it is malformed.
    fn parse(reference: &str) -> Result<Self::Spec, Failure>;

    /// Finds what the spec names and says how to fetch it.
    ///
    /// # Errors
    /// By what went wrong; see [`crate::FailureKind`].
    fn resolve(host: &dyn Host, spec: &Self::Spec) -> Result<Plan, Failure>;

    /// Fresh locators for files of an earlier plan, in the order of `paths`,
    /// where the registry's URLs expire.
    ///
    /// # Errors
    /// As [`Source::resolve`]; [`crate::FailureKind::Unsupported`] where they
    /// do not expire, which is what it answers unless it is implemented.
    fn locate(
        host: &dyn Host,
        spec: &Self::Spec,
        pin: &str,
        paths: &[String],
    ) -> Result<Vec<Locator>, Failure> {
        let _ = (host, spec, pin, paths);
        Err(Failure::unsupported("this source's URLs do not expire"))
    }
}
