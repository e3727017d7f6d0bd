use crate::{Failure, FailureKind};

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident;)*) => {
        $($(#[$doc])*
        pub fn $name(message: impl Into<String>) -> Self {
            Self::new(FailureKind::$kind, message)
        })*
    };
}

/// Messages are one sentence: what failed, and where.
impl Failure {
    /// A failure of this kind, without a hint.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    constructors! {
        /// The model, revision or file does not exist.
        not_found => NotFound;
        /// A credential is missing or was not accepted.
        unauthorized => Unauthorized;
        /// The account has to be granted access by the model's owner first.
        gated => Gated;
        /// What the user asked for is malformed.
        invalid_spec => InvalidSpec;
        /// The registry did not answer, or not sensibly.
        network => Network;
        /// The registry speaks something this plugin does not.
        unsupported => Unsupported;
        /// A fault of the plugin's own.
        internal => Internal;
    }

    /// Too many requests; seconds to wait, where the registry says so.
    pub fn rate_limited(seconds: Option<u32>, message: impl Into<String>) -> Self {
        Self::new(FailureKind::RateLimited(seconds), message)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
