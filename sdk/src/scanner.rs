use serde::de::DeserializeOwned;

use crate::{Failure, Files, Report};

/// A way to look for dangerous content in files.
pub trait Scanner {
    /// What the user may set, as a JSON object; an empty text counts as `{}`.
    /// With serde's `deny_unknown_fields` a misspelt field is answered with the
    /// nearest right one. What is `null` counts as left out.
    type Config: DeserializeOwned;

    /// Reads the files of this scan and says what is wrong with them. Files
    /// that it has no opinion of are left out of [`Report::judged`].
    ///
    /// # Errors
    /// By what went wrong with the scan itself. A file that is broken, or that
    /// hides its content, is a finding.
    fn scan(files: &dyn Files, config: Self::Config) -> Result<Report, Failure>;
}
